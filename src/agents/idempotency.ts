import { setTimeout as delay } from 'node:timers/promises';
import { listAgentTypes } from '../agentTypes';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { agentIdForKey } from './ids';
import { type Observation, observe } from './observe';

/** What lies between a key's claim and the start of its agent is one call. */
const STARTING_MS = 5_000;
const LOOK_MS = 100;

interface KeyedSpawn {
  key: string;
  taskHash: string;
  agentType: string;
}

export interface Started {
  agentId: string;
  /** Started by this call, and not found. */
  isNew: boolean;
}

/** Starts one agent for a key, however often and however simultaneously it is asked for. */
export async function spawnOnce(
  context: AgentsContext,
  request: KeyedSpawn,
  start: (agentId: string) => Promise<Started>,
): Promise<Started> {
  const { keyed } = context.session;
  const known = keyed.get(request.key);
  const made = known ?? startOrFind(context, request, start);
  if (!known) {
    keyed.set(request.key, made);
    // A spawn that failed leaves its key free.
    made.catch(() => keyed.delete(request.key));
  }
  const { agentId, taskHash, isNew } = await made;
  if (taskHash !== request.taskHash) throw usedForAnotherTask(request.key, agentId);
  return { agentId, isNew: isNew && !known };
}

async function startOrFind(
  context: AgentsContext,
  request: KeyedSpawn,
  start: (agentId: string) => Promise<Started>,
) {
  const found = await findKeyed(context, request.key);
  if (found) return { ...found, isNew: false };
  const started = await start(agentIdForKey(request.agentType, context.session.id, request.key));
  if (started.isNew) return { ...started, taskHash: request.taskHash };
  // Another process of this session was quicker, and perhaps with another task.
  const { memo } = await onceStarted(context, request.key, started.agentId);
  return { ...started, taskHash: memo.taskHash };
}

/** A key is given to an agent right before that is started. */
async function onceStarted(context: AgentsContext, key: string, agentId: string): Promise<Observation> {
  for (let leftMs = STARTING_MS; leftMs > 0; leftMs -= LOOK_MS) {
    const found = await observe(context, agentId).catch(absentIfNotFound);
    if (found) return found;
    await delay(LOOK_MS);
  }
  throw new UserError(
    'invalid',
    `The idempotency key ${JSON.stringify(key)} was used in this session for ${agentId}, which was not started: its caller was cut off, or it has been deleted. Repeat that call as it was, or use a new key.`,
  );
}

/** The id holds the key, but also the type, and `auto` may have chosen another type for another task: so every type is asked. */
export async function findKeyed(context: AgentsContext, key: string) {
  const ids = listAgentTypes(context.config).map((type) => agentIdForKey(type.name, context.session.id, key));
  const seen = await Promise.all(ids.map((id) => observe(context, id).catch(absentIfNotFound)));
  const found = seen.find((agent) => agent !== undefined);
  return found && { agentId: found.agentId, taskHash: found.memo.taskHash };
}

export function absentIfNotFound(error: unknown): undefined {
  if (error instanceof UserError && error.kind === 'not_found') return undefined;
  throw error;
}

function usedForAnotherTask(key: string, agentId: string): UserError {
  return new UserError(
    'invalid',
    `The idempotency key ${JSON.stringify(key)} was used in this session for another task (agent ${agentId}). Use a new key.`,
  );
}
