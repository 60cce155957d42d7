import type { AgentsContext } from './context';
import { FOREGROUND_MS } from './defaults';
import { UserError } from './errors';
import { type Observation, observe } from './observe';
import { output } from './output';
import type { SpawnResult } from './results';
import { spawn } from './spawn';
import type { SpawnRequest } from './spawnRequest';
import { statusOf } from './status';
import { untilEnded } from './wait';

export interface ForegroundOptions {
  onProgress?: (seen: Observation) => void;
  /** Ends the waiting early; the agent goes on. */
  signal?: AbortSignal;
  foregroundMs?: number;
}

/** Spawns, waits, and returns the answer with the status; what takes longer goes on in the background. */
export async function spawnAndWait(
  context: AgentsContext,
  request: SpawnRequest,
  { foregroundMs = FOREGROUND_MS, onProgress, signal }: ForegroundOptions,
): Promise<SpawnResult> {
  const spawned = await spawn(context, request, 'foreground');
  try {
    return await answerOf(context, spawned, foregroundMs, onProgress, signal);
  } catch (error) {
    // The agent is there: without its id the caller could neither read nor stop it.
    if (error instanceof UserError) return { ...spawned, note: error.message };
    throw error;
  }
}

async function answerOf(
  context: AgentsContext,
  spawned: SpawnResult,
  foregroundMs: number,
  onProgress?: (seen: Observation) => void,
  signal?: AbortSignal,
): Promise<SpawnResult> {
  const agentId = spawned.agent_id;
  await untilEnded(context, [agentId], 'all', context.nowMs() + foregroundMs, {
    onProgress: ([seen]) => seen && onProgress?.(seen),
    ...(signal ? { signal } : {}),
  });
  const [seen, said] = await Promise.all([observe(context, agentId), output(context, { agent_id: agentId })]);
  const { error } = statusOf(seen, context.nowMs());
  return { ...spawned, ...said, ...(error ? { error } : {}) };
}
