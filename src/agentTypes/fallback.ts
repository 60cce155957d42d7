import { entryFor } from '../../activities/model/byModel';
import type { Fallback, Tier } from '../../workflows/contract';
import type { Config } from '../config/config';
import type { FallbackOverride, FallbackRule } from './agentType';

/**
 * The models that take over from a tier's, in order. A tier comes once: two that point at each other give one change,
 * not a swing between two models that are both away. What the agent's type says of it goes before the general rule.
 */
export function fallbackFrom(
  tier: Tier,
  { fallback, models, contextTokens }: Pick<Config, 'fallback' | 'models' | 'contextTokens'>,
  ofType: FallbackOverride = {},
): Fallback | undefined {
  const { afterMs, to }: FallbackRule = {
    afterMs: ofType.afterMs ?? fallback.afterMs,
    to: ofType.to ?? fallback.to,
  };
  const tiers: Tier[] = [tier];
  for (let next = to[tier]; next && !tiers.includes(next); next = to[next]) tiers.push(next);
  const chain = tiers.slice(1).map((each) => {
    const room = entryFor(models[each], contextTokens);
    return { tier: each, model: models[each], ...(room === undefined ? {} : { contextTokens: room }) };
  });
  return chain.length > 0 ? { afterMs, models: chain } : undefined;
}
