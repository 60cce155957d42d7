/** Ends a service that nobody has used for as long as is configured. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clients, clientsOf } from './clients';
import { log } from './log';
import type { Context } from './parts';

const LONGEST_PAUSE_MS = 30_000;

/** Resolves when it has been idle for so long, or with the signal. */
export async function untilIdle(context: Context, idleStopMs: number): Promise<void> {
  const { board, paths, stop } = context;
  let usedAtMs = Date.now();
  for (;;) {
    await sleep(Math.min(LONGEST_PAUSE_MS, idleStopMs / 4), undefined, { signal: stop }).catch(
      () => undefined,
    );
    if (stop.aborted) return;
    const clients = clientsOf(paths);
    usedAtMs = lastUse(clients, usedAtMs, Date.now());
    if (Date.now() - usedAtMs < idleStopMs) continue;
    if (await hasAgents(context)) usedAtMs = Date.now();
    else if (closes(context, clients))
      return log(`Nobody has used the service for ${idleStopMs} ms: it stops.`);
    else board.update({ stopping: false });
  }
}

export function lastUse({ living, changedAtMs = 0 }: Clients, beforeMs: number, nowMs: number): number {
  return living > 0 ? nowMs : Math.max(beforeMs, changedAtMs);
}

/** A client announces itself and then looks; this shuts the door and then looks. One of the two sees the other. */
function closes({ board, paths }: Context, before: Clients): boolean {
  board.update({ stopping: true });
  const { living, changedAtMs } = clientsOf(paths);
  return living === 0 && changedAtMs === before.changedAtMs;
}

/** Agents, and the sessions that hold them; when the server does not answer, there may be some. */
async function hasAgents({ board, config }: Context): Promise<boolean> {
  const { address } = board.state;
  if (board.state.state !== 'ready' || address === undefined) return true;
  const { countOpenWorkflows } = await import('./namespace.js');
  return countOpenWorkflows(address, config.namespace).then(
    (count) => count > 0,
    () => true,
  );
}
