/** What must have become of an agent, whatever was done to the service: computed from its plan alone. */
import { DEFAULT_PRICES } from '../../activities/model/pricing';
import { DEFAULTS } from '../../src/config/defaults';
import type { AgentPlan, PlannedTokens } from './agents';

export interface Expected {
  marker: string;
  /** The whole log. */
  lines: string[];
  /** The answer alone. */
  result: string[];
  turns: number;
  toolCalls: number;
  usage: PlannedTokens & { costUsd: number };
  /** Activities that the history must hold as completed, each once. */
  recorded: { callModel: number; callTool: number };
}

const TIERS = { explore: 'haiku', review: 'sonnet', decide: 'opus' } as const;

export function expectedOf(plan: AgentPlan): Expected {
  const calls = plan.turns.flatMap((turn) => turn.calls);
  const tokens = plan.turns.map((turn) => turn.tokens);
  const sum = (key: keyof PlannedTokens) => tokens.reduce((total, each) => total + each[key], 0);
  const usage = {
    input: sum('input'),
    output: sum('output'),
    cacheRead: sum('cacheRead'),
    cacheWrite: sum('cacheWrite'),
  };
  return {
    marker: plan.marker,
    lines: plan.turns.flatMap((turn) => [...turn.text.split('\n'), ...turn.calls.map((call) => call.line)]),
    result: plan.turns.at(-1)?.text.split('\n') ?? [],
    turns: plan.turns.length,
    toolCalls: calls.length,
    usage: { ...usage, costUsd: costOf(plan, usage) },
    recorded: { callModel: plan.turns.length, callTool: calls.filter((call) => call.isActivity).length },
  };
}

function costOf({ agentType }: AgentPlan, tokens: PlannedTokens): number {
  const price = DEFAULT_PRICES[DEFAULTS.models[TIERS[agentType]]];
  if (!price) throw new Error(`The ${TIERS[agentType]} tier has no price.`);
  return (
    (tokens.input * price.inputUsdPerMTok +
      tokens.output * price.outputUsdPerMTok +
      tokens.cacheRead * price.cacheReadUsdPerMTok +
      tokens.cacheWrite * price.cacheWriteUsdPerMTok) /
    1_000_000
  );
}
