/** The same without a terminal: a line for each change, for people or, as JSON, for programs. */
import { setTimeout as delay } from 'node:timers/promises';
import { changeLine } from './cells';
import { type AgentChange, changesBetween } from './changes';
import type { Snapshot, WatchRequest } from './watched';
import type { Watcher } from './watcher';

/** One line of `bga watch --json`. */
export type WatchEvent =
  | ({ event: 'agent'; at: string } & AgentChange)
  /** It does not answer, or it does again. */
  | { event: 'service'; at: string; state: 'lost' | 'back'; why?: string };

export interface LineOptions {
  signal: AbortSignal;
  onEvent(event: WatchEvent): void;
}

export async function watchLines(
  watcher: Watcher,
  request: WatchRequest,
  { signal, onEvent }: LineOptions,
): Promise<void> {
  let before: Snapshot | undefined;
  let isLost = false;
  while (!signal.aborted) {
    const sight = await watcher.look(request);
    const at = new Date().toISOString();
    if (sight.kind === 'lost') {
      if (!isLost) onEvent({ event: 'service', at, state: 'lost', why: sight.why });
      isLost = true;
    } else {
      if (isLost) onEvent({ event: 'service', at, state: 'back' });
      isLost = false;
      for (const change of changesBetween(before, sight.snapshot)) onEvent({ event: 'agent', at, ...change });
      before = sight.snapshot;
    }
    await delay(watcher.pauseMs(), undefined, { signal }).catch(() => undefined);
  }
}

export function lineOf(event: WatchEvent): string {
  if (event.event === 'agent') return `${clock(event.at)}  ${changeLine(event.agent)}`;
  const text =
    event.state === 'back'
      ? 'The service answers again.'
      : `The service does not answer; waiting for it. ${event.why}`;
  return `${clock(event.at)}  ${text}`;
}

function clock(at: string): string {
  return new Date(at).toTimeString().slice(0, 8);
}
