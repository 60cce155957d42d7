/** Who took what an agent spends: its own model, another that summarised for it, or one that took over. */
import type { Served, TierModel, Usage } from './contract';
import { addUsage } from './usage';

type Taker = Pick<TierModel, 'tier' | 'model'>;

/** Nothing as long as the agent's own model takes everything, as with most agents. */
export function shared(
  before: { shares?: readonly Served[]; usage: Usage },
  own: Taker,
  by: Taker,
  usage: Usage,
): { shares?: readonly Served[] } {
  if (!before.shares && isSame(own, by)) return {};
  const shares = before.shares ?? [{ tier: own.tier, model: own.model, usage: before.usage }];
  if (!shares.some((share) => isSame(share, by)))
    return { shares: [...shares, { tier: by.tier, model: by.model, usage }] };
  return {
    shares: shares.map((share) =>
      isSame(share, by) ? { ...share, usage: addUsage(share.usage, usage) } : share,
    ),
  };
}

function isSame(a: Taker, b: Taker): boolean {
  return a.tier === b.tier && a.model === b.model;
}
