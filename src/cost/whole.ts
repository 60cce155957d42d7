/** Since when a sum over what the server keeps has everything. */
import { counted } from '../../workflows/text';

export interface Kept {
  /** Of what has ended. */
  retentionMs?: number;
  /** Of what had ended before, some was deleted. */
  prunedBeforeMs?: number;
}

/** Undefined where nobody can tell how long things are kept. */
export function wholeSince(
  sinceMs: number,
  nowMs: number,
  { retentionMs, prunedBeforeMs = 0 }: Kept,
): number | undefined {
  return retentionMs === undefined ? undefined : Math.max(sinceMs, nowMs - retentionMs, prunedBeforeMs);
}

interface Asked {
  since: string;
  until: string;
  retention_days: number | null;
  pruned_before: string | null;
}

/** A sentence for each reason why something may be missing, for people. */
export function missing({ since, until, retention_days: days, pruned_before: pruned }: Asked): string[] {
  if (days === null)
    return ['Not in it: what the server does not keep any more. It does not say how long that is.'];
  const keptSinceMs = Date.parse(until) - days * 86_400_000;
  const isCut = keptSinceMs > Date.parse(since);
  const prunedMs = pruned === null ? 0 : Date.parse(pruned);
  const isPruned = prunedMs > Math.max(Date.parse(since), keptSinceMs);
  return [
    ...(isCut
      ? [
          `Not in it: what ended before ${shown(keptSinceMs)}, which the server does not keep (${counted(days, 'day')}).`,
        ]
      : []),
    ...(isPruned ? [`Not in it: what bga prune deleted, of what ended before ${shown(prunedMs)}.`] : []),
  ];
}

/** In local time, to the second. */
function shown(atMs: number): string {
  return new Date(atMs).toLocaleString('sv-SE').slice(0, 19);
}
