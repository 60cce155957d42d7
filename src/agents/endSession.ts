import type { KillReason } from '../../workflows/contract';
import type { AgentsContext } from './context';
import { memoOf } from './facts';
import { requestStop } from './kill';
import { queryFor, rows, VISIBILITY_LAG_MS } from './visibility';

/** Stops the agents of this session that live no longer than it; the detached ones go on. */
export async function endSession(context: AgentsContext, reason: KillReason): Promise<string[]> {
  const open = await rows(
    context,
    `${queryFor(context, { scope: 'session' })} AND ExecutionStatus = 'Running'`,
  );
  const bound = open.filter((row) => memoOf(row.memo).lifetime === 'session').map((row) => row.workflowId);
  const agentIds = [...new Set([...bound, ...freshlySpawned(context)])];
  await Promise.all(agentIds.map((agentId) => requestStop(context, agentId, reason)));
  return agentIds;
}

/** Visibility may not show them yet; stopping one that has ended meanwhile does nothing. */
function freshlySpawned({ session, nowMs }: AgentsContext): string[] {
  const sinceMs = nowMs() - VISIBILITY_LAG_MS;
  return session.spawned
    .filter(({ lifetime, atMs }) => lifetime === 'session' && atMs >= sinceMs)
    .map(({ agentId }) => agentId);
}
