import { entryFor } from '../../activities/model/byModel';
import type { Fallback, Tier } from '../../workflows/contract';
import type { Config } from '../config/config';

/**
 * The models that take over from a tier's, in order. A tier comes once: two that point at each other give one change,
 * not a swing between two models that are both away.
 */
export function fallbackFrom(
  tier: Tier,
  { fallback, models, contextTokens }: Pick<Config, 'fallback' | 'models' | 'contextTokens'>,
): Fallback | undefined {
  const tiers: Tier[] = [tier];
  for (let next = fallback.to[tier]; next && !tiers.includes(next); next = fallback.to[next])
    tiers.push(next);
  const chain = tiers.slice(1).map((each) => {
    const room = entryFor(models[each], contextTokens);
    return { tier: each, model: models[each], ...(room === undefined ? {} : { contextTokens: room }) };
  });
  return chain.length > 0 ? { afterMs: fallback.afterMs, models: chain } : undefined;
}
