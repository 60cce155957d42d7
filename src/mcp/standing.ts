import { cutChars } from '../../workflows/text';
import type { Observation } from '../agents/observe';

/** Agents that a message names; of more it gives the number. */
const NAMED = 3;
const ACTIVITY_CHARS = 120;

/** How agents that are waited for stand, in one line: `1 of 3 ended; explore-… turn 4/30: read_file src/a.ts; …`. */
export function standingOf(seen: readonly Observation[]): string {
  const open = seen.filter(({ outcome }) => !outcome);
  const more = open.length > NAMED ? [`and ${open.length - NAMED} more`] : [];
  const ended = `${seen.length - open.length} of ${seen.length} ended`;
  return [ended, ...open.slice(0, NAMED).map(doingOf), ...more].join('; ');
}

/** `explore-… turn 4/30: read_file src/a.ts` */
export function doingOf({ agentId, status, progress, memo, activity }: Observation): string {
  const now = cutChars(activity, ACTIVITY_CHARS);
  if (status !== 'running') return `${agentId} ${status}: ${now}`;
  return `${agentId} turn ${progress.turn}/${memo.limits.maxTurns}: ${now}`;
}
