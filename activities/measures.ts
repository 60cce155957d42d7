/** What activities measure, through the SDK's meter: it reaches whatever this worker serves metrics with, or nobody. */
import { ApplicationFailure } from '@temporalio/activity';
import type { MetricMeter } from '@temporalio/common';
import type { Tier, Tokens } from '../workflows/contract';
import { type Measure, measures } from '../workflows/measures';
import { FAILURE_KINDS, kindOfFailure } from './model/failure';

export interface Measures {
  /** A request to a model, from its beginning to the end of its reply. */
  modelCalled(tier: Tier | undefined, outcome: string, durationMs: number): void;
  modelSpent(by: { tier: Tier | undefined; model: string }, tokens: Tokens, costUsd: number): void;
  /** A failed model call, if it is to rest before another try. */
  modelRests(tier: Tier, failure: unknown): void;
  toolCalled(tool: string, outcome: ToolOutcome, durationMs: number): void;
}

export const TOOL_OUTCOMES = ['ok', 'error', 'aborted', 'failed'] as const;
export type ToolOutcome = (typeof TOOL_OUTCOMES)[number];
/** Of a call of a model. */
export const MODEL_OUTCOMES: readonly string[] = ['ok', 'aborted', ...FAILURE_KINDS];

export function createMeasures(meter: MetricMeter): Measures {
  const counter = ({ name, unit, help }: Measure) => meter.createCounter(name, unit, help);
  const histogram = ({ name, unit, help }: Measure) => meter.createHistogram(name, 'float', unit, help);
  const tokensCounter = counter(measures.modelTokens);
  const costCounter = counter(measures.modelCost);
  const calls = histogram(measures.modelCalls);
  const rests = histogram(measures.modelRests);
  const tools = histogram(measures.toolCalls);
  return {
    modelCalled: (tier, outcome, durationMs) =>
      calls.record(durationMs / 1000, { tier: tier ?? NO_TIER, outcome }),
    modelSpent: ({ tier: by, model }, tokens, costUsd) => {
      const tier = by ?? NO_TIER;
      for (const [kind, key] of Object.entries(TOKEN_KINDS))
        tokensCounter.add(tokens[key], { tier, model, kind });
      costCounter.add(Math.round(costUsd * NANO), { tier, model });
    },
    modelRests: (tier, failure) => {
      if (!(failure instanceof ApplicationFailure) || typeof failure.nextRetryDelay !== 'number') return;
      rests.record(failure.nextRetryDelay / 1000, { tier, kind: kindOfFailure(failure) });
    },
    toolCalled: (tool, outcome, durationMs) => tools.record(durationMs / 1000, { tool, outcome }),
  };
}

const NANO = 1e9;
/** Of a call that no agent made. */
const NO_TIER = 'none';

export const TOKEN_KINDS = {
  input: 'inputTokens',
  output: 'outputTokens',
  cache_read: 'cacheReadTokens',
  cache_write: 'cacheWriteTokens',
} as const satisfies Record<string, keyof Tokens>;
