/** What an agent may spend over all its calls, in money and in tokens; and how the limits are called when one of them ends it. */
import type { AgentLimits, Usage } from './contract';
import { inputTotal } from './usage';

export type SpendingLimits = Pick<AgentLimits, 'maxCostUsd' | 'maxTotalTokens'>;

/** What a person raises to let an agent spend more. */
export const SPENDING_NAMES = {
  maxCostUsd: 'max_cost_usd',
  maxTotalTokens: 'limits.maxTotalTokens',
} satisfies Record<keyof SpendingLimits, string>;

/** What a model call has to know of its agent's limits; nothing where none is set. */
export function spendingOf({ maxCostUsd, maxTotalTokens }: SpendingLimits): { spending?: SpendingLimits } {
  if (maxCostUsd === undefined && maxTotalTokens === undefined) return {};
  return {
    spending: {
      ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
      ...(maxTotalTokens === undefined ? {} : { maxTotalTokens }),
    },
  };
}

export function tokensOf(usage: Usage): number {
  return inputTotal(usage) + usage.outputTokens;
}

/** The sentence for an agent that has nothing left to spend. */
export function overspent(usage: Usage, { maxCostUsd, maxTotalTokens }: SpendingLimits): string | undefined {
  const { costUsd } = usage;
  if (maxCostUsd !== undefined && costUsd >= maxCostUsd) {
    return `Spent $${costUsd.toFixed(4)} of at most $${maxCostUsd}. Raise ${SPENDING_NAMES.maxCostUsd} to let it go on longer.`;
  }
  const tokens = tokensOf(usage);
  if (maxTotalTokens !== undefined && tokens >= maxTotalTokens) {
    return `Took ${tokens} of at most ${maxTotalTokens} tokens. Raise ${SPENDING_NAMES.maxTotalTokens} to let it go on longer.`;
  }
  return undefined;
}
