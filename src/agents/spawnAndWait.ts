import type { AgentsContext } from './context';
import type { Observation } from './observe';
import { observe } from './observe';
import { output } from './output';
import type { SpawnResult } from './results';
import { spawn } from './spawn';
import type { SpawnRequest } from './spawnRequest';
import { statusOf } from './status';
import { wait } from './wait';

/** Below the 60 s after which MCP clients give a call up. */
export const FOREGROUND_MS = 50_000;

/** Spawns, waits, and returns the answer with the status; what takes longer goes on in the background. */
export async function spawnAndWait(
  context: AgentsContext,
  request: SpawnRequest,
  options: { onProgress?: (seen: Observation) => void; signal?: AbortSignal },
): Promise<SpawnResult> {
  const spawned = await spawn(context, request);
  await wait(
    context,
    { agent_ids: [spawned.agent_id], timeout_ms: FOREGROUND_MS },
    {
      onProgress: ([seen]) => seen && options.onProgress?.(seen),
      ...(options.signal ? { signal: options.signal } : {}),
    },
  );
  const [seen, said] = await Promise.all([
    observe(context, spawned.agent_id),
    output(context, { agent_id: spawned.agent_id }),
  ]);
  const { error } = statusOf(seen, context.nowMs());
  return { ...spawned, ...said, ...(error ? { error } : {}) };
}
