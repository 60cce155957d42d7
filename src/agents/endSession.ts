import { setTimeout as delay } from 'node:timers/promises';
import type { KillReason } from '../../workflows/contract';
import { AGENT_WORKFLOW } from '../../workflows/messages';
import type { AgentsContext } from './context';
import { requestStop } from './kill';
import { observe } from './observe';
import { createdBetween, quoted, rows, VISIBILITY_LAG_MS } from './visibility';
import { memoOf } from './wire';

type Connected = Pick<AgentsContext, 'temporal'>;

const LOOK_MS = 500;
/** Those that do not end in this time have no worker: their cancellation waits for one. */
const PATIENCE_MS = 20_000;

/** Stops the agents of this session that live no longer than it; the detached ones go on. */
export async function endSession(context: AgentsContext, reason: KillReason): Promise<string[]> {
  const { session } = context;
  session.ended = true;
  // A spawn under way would otherwise start its agent after nobody is left to stop it.
  await Promise.allSettled(session.starting);
  const bound = await boundAgents(context, session.id);
  const agentIds = [...new Set([...bound, ...(await freshlySpawned(context))])];
  await askToStop(context, agentIds, reason);
  return agentIds;
}

/**
 * The same without the session's process: what is running is listed until nothing is left, because visibility lags
 * and a spawn may have been under way.
 * @returns how many agents were asked to stop
 */
export async function stopSessionAgents(
  connected: Connected,
  sessionId: string,
  reason: KillReason,
  spawnedBeforeMs?: number,
): Promise<number> {
  const asked = new Set<string>();
  const deadlineMs = Date.now() + PATIENCE_MS;
  const sureAtMs = Date.now() + VISIBILITY_LAG_MS;
  for (;;) {
    const open = await boundAgents(connected, sessionId, spawnedBeforeMs);
    const unasked = open.filter((agentId) => !asked.has(agentId));
    await askToStop(connected, unasked, reason);
    for (const agentId of unasked) asked.add(agentId);
    const isDone = open.length === 0 && Date.now() >= sureAtMs;
    if (isDone || Date.now() >= deadlineMs) return asked.size;
    await delay(LOOK_MS);
  }
}

async function boundAgents(
  connected: Connected,
  sessionId: string,
  spawnedBeforeMs?: number,
): Promise<string[]> {
  const bound = `WorkflowType = '${AGENT_WORKFLOW}' AND ExecutionStatus = 'Running' AND AgentSession = ${quoted(sessionId)}`;
  const open = await rows(
    connected,
    spawnedBeforeMs === undefined ? bound : createdBetween(bound, 0, spawnedBeforeMs),
  );
  return open.filter((row) => memoOf(row.memo).lifetime === 'session').map((row) => row.workflowId);
}

async function askToStop(
  connected: Connected,
  agentIds: readonly string[],
  reason: KillReason,
): Promise<void> {
  const stopped = await Promise.allSettled(
    agentIds.map((agentId) => requestStop(connected, agentId, reason)),
  );
  // One that could not be stopped is no reason to leave out the others, but it is to be told.
  for (const result of stopped) if (result.status === 'rejected') throw result.reason;
}

/** Visibility may not show them yet. One that ended meanwhile may go on already, in another session. */
async function freshlySpawned(context: AgentsContext): Promise<string[]> {
  const { session, nowMs } = context;
  const sinceMs = nowMs() - VISIBILITY_LAG_MS;
  const fresh = session.spawned.filter(({ lifetime, atMs }) => lifetime === 'session' && atMs >= sinceMs);
  const seen = await Promise.all(
    fresh.map(({ agentId }) => observe(context, agentId).catch(() => undefined)),
  );
  return fresh.flatMap(({ agentId }, index) => {
    const now = seen[index];
    return now && (now.outcome || now.session !== session.id) ? [] : [agentId];
  });
}
