/**
 * Which endings the command line has told of: `bga wait` without ids waits for what is new, and not each time for all that
 * the server keeps. Noted beside how far each agent was read; whoever read a result to its end knows of the ending as well.
 */
import { hasReadEnding } from '../../workflows/readings';
import type { AgentsContext } from '../agents/context';
import type { Observation } from '../agents/observe';
import { agentsOfSession } from '../agents/wait';

/** No filter's place is called so: those end in a digest. */
const keyOf = (agentId: string) => `${agentId}-told`;

/** Those of the session that have not ended, or whose ending nobody was told of, newest first. */
export async function untold(context: AgentsContext): Promise<Observation[]> {
  const seen = await agentsOfSession(context);
  const keys = seen.flatMap(({ agentId }) => [agentId, keyOf(agentId)]);
  const readings = await context.session.places.of(keys);
  return seen.filter(({ agentId, outcome, finishedAtMs }) => {
    if (!outcome || finishedAtMs === undefined) return true;
    return ![agentId, keyOf(agentId)].some((key) => hasReadEnding(readings, key, finishedAtMs));
  });
}

/** @param endedAtMs of the ending, or later: one that goes on from there ends anew, and is told again */
export async function noteTold(
  { session }: AgentsContext,
  agentId: string,
  endedAtMs = Date.now(),
): Promise<void> {
  await session.places.move(keyOf(agentId), { lines: 0, endedAtMs });
}
