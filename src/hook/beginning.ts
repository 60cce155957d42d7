/** Since when things are news to a session. */
import { statSync } from 'node:fs';
import type { HookInput } from './event';
import { type Memory, openMemory } from './memory';

/** Its first hook makes it, also one that then gets no answer in time, or finds no service: what ends from then on is news. */
export function memoryOf(event: HookInput, stateDir: string, nowMs: number): Memory {
  return openMemory(stateDir, event.session_id, beginningOf(event, nowMs));
}

/**
 * A session's first hook is its first prompt, before anything was spawned in it. Where the hooks came later than the session, its
 * transcript tells when it began.
 */
function beginningOf({ hook_event_name: name, transcript_path: path }: HookInput, nowMs: number): number {
  if (name === 'UserPromptSubmit' || path === undefined) return nowMs;
  const bornMs = statSync(path, { throwIfNoEntry: false })?.birthtimeMs ?? 0;
  return bornMs > 0 ? Math.min(bornMs, nowMs) : nowMs;
}
