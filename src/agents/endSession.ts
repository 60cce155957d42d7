import type { KillReason } from '../../workflows/contract';
import type { AgentsContext } from './context';
import { requestStop } from './kill';
import { queryFor, rows, VISIBILITY_LAG_MS } from './visibility';
import { memoOf } from './wire';

/** Stops the agents of this session that live no longer than it; the detached ones go on. */
export async function endSession(context: AgentsContext, reason: KillReason): Promise<string[]> {
  const { session } = context;
  session.ended = true;
  // A spawn under way would otherwise start its agent after nobody is left to stop it.
  await Promise.allSettled(session.starting);
  const query = await queryFor(context, { scope: 'session' });
  const open = await rows(context, `${query} AND ExecutionStatus = 'Running'`);
  const bound = open.filter((row) => memoOf(row.memo).lifetime === 'session').map((row) => row.workflowId);
  const agentIds = [...new Set([...bound, ...freshlySpawned(context)])];
  const stopped = await Promise.allSettled(agentIds.map((agentId) => requestStop(context, agentId, reason)));
  // One that could not be stopped is no reason to leave out the others, but it is to be told.
  for (const result of stopped) if (result.status === 'rejected') throw result.reason;
  return agentIds;
}

/** Visibility may not show them yet; stopping one that has ended meanwhile does nothing. */
function freshlySpawned({ session, nowMs }: AgentsContext): string[] {
  const sinceMs = nowMs() - VISIBILITY_LAG_MS;
  return session.spawned
    .filter(({ lifetime, atMs }) => lifetime === 'session' && atMs >= sinceMs)
    .map(({ agentId }) => agentId);
}
