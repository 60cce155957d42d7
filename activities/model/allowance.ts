/** What a model call may still spend of its agent's money and tokens, decided before it is made and with its own maximum in mind. */
import type { Usage } from '../../workflows/contract';
import { type SpendingLimits, tokensOf } from '../../workflows/spending';
import type { ModelRequest } from './model';
import type { Price } from './pricing';

/** Code has about three bytes a token, prose four: an estimate that is rather too high. */
const BYTES_PER_TOKEN = 3;
/** Less than this makes no answer worth its input. */
const LEAST_OUTPUT_TOKENS = 1_024;

export interface Spent {
  limits: SpendingLimits;
  /** Of the agent, before this call. */
  usage: Usage;
  /** Undefined for a model without a known price. */
  price: Price | undefined;
}

export type Allowance =
  | { kind: 'all' }
  /** Only so many output tokens fit what is left. */
  | { kind: 'some'; outputTokens: number; limit: keyof SpendingLimits }
  | { kind: 'none'; why: string };

export function allowanceOf(request: ModelRequest, spent: Spent): Allowance {
  const wanted = request.head.maxOutputTokens;
  const least = Math.min(LEAST_OUTPUT_TOKENS, wanted);
  const inputTokens = estimatedInputTokens(request);
  const bounds = [byCost(spent, inputTokens, least), byTokens(spent, inputTokens, least)];
  const tightest = bounds.flatMap((bound) => bound ?? []).sort((a, b) => a.outputTokens - b.outputTokens)[0];
  if (!tightest || tightest.outputTokens >= wanted) return { kind: 'all' };
  const { outputTokens, limit, why } = tightest;
  return outputTokens < least ? { kind: 'none', why } : { kind: 'some', outputTokens, limit };
}

/** Everything that is sent; what of it is cached already, nobody knows before. */
export function estimatedInputTokens({ head, messages, tools }: ModelRequest): number {
  const bytes = Buffer.byteLength(head.instructions) + Buffer.byteLength(JSON.stringify([tools, messages]));
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** Output tokens that a limit leaves for, and the sentence for too few. */
interface Bound {
  outputTokens: number;
  limit: keyof SpendingLimits;
  why: string;
}

function byCost({ limits, usage, price }: Spent, inputTokens: number, least: number): Bound | undefined {
  const { maxCostUsd } = limits;
  if (maxCostUsd === undefined) return undefined;
  const limit = 'maxCostUsd';
  if (!price) return { outputTokens: 0, limit, why: UNPRICED };
  // At worst all of it is written to the cache anew.
  const inputUsdPerMTok = Math.max(price.inputUsdPerMTok, price.cacheWriteUsdPerMTok);
  const inputUsd = (inputTokens * inputUsdPerMTok) / 1e6;
  const leftUsd = maxCostUsd - usage.costUsd;
  const leastUsd = inputUsd + (least * price.outputUsdPerMTok) / 1e6;
  return {
    outputTokens: Math.floor(((leftUsd - inputUsd) * 1e6) / price.outputUsdPerMTok),
    limit,
    why: `Stopped before a call that could cost $${leastUsd.toFixed(4)} (about ${inputTokens} tokens in, ${least} out): $${leftUsd.toFixed(4)} is left of $${maxCostUsd}. Raise max_cost_usd to let it go on longer.`,
  };
}

const UNPRICED =
  'Stopped before its first call: the worker knows no price of its model, so max_cost_usd cannot hold. Add the model to "prices" in the configuration of the worker, or leave max_cost_usd out.';

function byTokens({ limits, usage }: Spent, inputTokens: number, least: number): Bound | undefined {
  const { maxTotalTokens } = limits;
  if (maxTotalTokens === undefined) return undefined;
  const left = maxTotalTokens - tokensOf(usage);
  return {
    outputTokens: left - inputTokens,
    limit: 'maxTotalTokens',
    why: `Stopped before a call that could take ${inputTokens + least} tokens (about ${inputTokens} in, ${least} out): ${left} are left of ${maxTotalTokens}. Raise limits.maxTotalTokens to let it go on longer.`,
  };
}
