import type { SessionLimits } from './config';

/** The limits of a session with those of a workspace's own file, which counts only where it is lower. */
export function lowered(
  limits: SessionLimits,
  caps: SessionLimits,
): { limits: SessionLimits; keys: (keyof SessionLimits)[] } {
  const keys = (['maxRunningAgents', 'maxSpawnsPerMinute'] as const).filter(
    (key) => (caps[key] ?? Infinity) < (limits[key] ?? Infinity),
  );
  return { limits: { ...limits, ...Object.fromEntries(keys.map((key) => [key, caps[key]])) }, keys };
}
