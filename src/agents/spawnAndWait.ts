import type { AgentsContext } from './context';
import { FOREGROUND_MS } from './defaults';
import { UserError } from './errors';
import { type Observation, observe } from './observe';
import { output } from './output';
import type { SpawnResult } from './results';
import { foundResult, spawn } from './spawn';
import type { SpawnRequest } from './spawnRequest';
import { statusOf } from './status';
import { untilEnded } from './wait';

export interface ForegroundOptions {
  onProgress?: (seen: Observation) => void;
  /** Ends the waiting early; the agent goes on. */
  signal?: AbortSignal;
  foregroundMs?: number;
  /** The agent that this request has started before, and that asked something meanwhile: none is started. */
  agentId?: string;
}

/** Spawns, waits, and returns the answer with the status; what takes longer goes on in the background. */
export async function spawnAndWait(
  context: AgentsContext,
  request: SpawnRequest,
  { foregroundMs = FOREGROUND_MS, agentId, onProgress, signal }: ForegroundOptions,
): Promise<SpawnResult> {
  const deadlineMs = context.nowMs() + foregroundMs;
  const spawned =
    agentId === undefined
      ? await spawn(context, request, 'foreground')
      : foundResult(await observe(context, agentId));
  return withAnswer(context, spawned, () =>
    untilEnded(context, [spawned.agent_id], 'all', deadlineMs, {
      onProgress: ([seen]) => seen && onProgress?.(seen),
      ...(signal ? { signal } : {}),
    }),
  );
}

/** What a spawn in the foreground returns, of an agent that somebody started at some time. */
export async function answerOf(context: AgentsContext, agentId: string): Promise<SpawnResult> {
  return withAnswer(context, foundResult(await observe(context, agentId)));
}

async function withAnswer(
  context: AgentsContext,
  spawned: SpawnResult,
  before: () => Promise<unknown> = async () => undefined,
): Promise<SpawnResult> {
  const agentId = spawned.agent_id;
  try {
    await before();
    const [seen, said] = await Promise.all([
      observe(context, agentId),
      output(context, { agent_id: agentId }),
    ]);
    const { error, question } = statusOf(seen, context.nowMs());
    return { ...spawned, ...said, ...(error ? { error } : {}), ...(question ? { question } : {}) };
  } catch (error) {
    // The agent is there: without its id the caller could neither read nor stop it.
    if (error instanceof UserError) return { ...spawned, note: error.message };
    throw error;
  }
}
