/** Carries out the planned blows, each on the real process that serves at that moment, and notes what it hit. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cleanup } from '../../bench/cleanup';
import { inFlight } from '../../test/support/activities';
import type { Product } from '../../test/support/product';
import type { Blow, BlowKind } from '../plan/blows';
import { say } from '../progress';
import { pidOf } from './service';
import type { Watch } from './watch';

export interface Struck {
  kind: BlowKind;
  /** From the start of the run. */
  atMs: number;
  /** Calls of the model under way just before it, by the model's own open connections. */
  callsInFlight: number;
  /** The server itself had a model call down as started, of an agent that had such a connection. */
  hit: boolean;
  /** From the blow (for a stop: from its end) to the next new turn of any agent; absent when there was none. */
  recoveredMs?: number;
}

/** So many of the agents with an open connection are looked up: one is enough, and the work must not end meanwhile. */
const LOOKED_UP = 5;

export interface Arena {
  product: Product;
  watch: Watch;
  /** Ids of the agents that have a call under way. */
  idsInFlight(): string[];
  stopSeconds: number;
  cleanup: Cleanup;
  startedMs: number;
}

/** Strikes until all blows have fallen or the run is over. */
export async function strikeAll(arena: Arena, blows: readonly Blow[], struck: Struck[]): Promise<void> {
  const { watch } = arena;
  for (const blow of blows) {
    if (!(await watch.until(() => watch.turnsSeen >= blow.atTurn))) return;
    await delay(blow.delayMs);
    const done = await strike(arena, blow);
    if (!done) return;
    struck.push(done);
    const { recoveredMs = Number.NaN } = done;
    say(
      `${blow.kind} with ${done.callsInFlight} calls in flight${done.hit ? '' : ' (hit nothing)'}; moving again after ${recoveredMs} ms`,
    );
  }
}

async function strike(arena: Arena, { kind }: Blow): Promise<Struck | undefined> {
  const { product, watch } = arena;
  const part = kind === 'kill_server' ? 'server' : 'worker';
  if (!(await watch.until(() => pidOf(product.home, part) !== undefined))) return undefined;
  const before = await lookInFlight(arena);
  const pid = pidOf(product.home, part);
  if (pid === undefined) return strike(arena, { kind, atTurn: 0, delayMs: 0 });
  const struck = { kind, atMs: Date.now() - arena.startedMs, ...before };
  const recoveredMs = kind === 'stop_worker' ? await stopFor(arena, pid) : await kill(arena, part, pid);
  return { ...struck, ...(recoveredMs === undefined ? {} : { recoveredMs }) };
}

async function lookInFlight({ product, watch, idsInFlight }: Arena) {
  const callsInFlight = watch.open.length;
  const ids = [...new Set(idsInFlight())].slice(0, LOOKED_UP);
  const started = await inFlight(product.agents, ids, 'callModel').catch(() => 0);
  return { callsInFlight, hit: started > 0 };
}

async function kill({ product, watch }: Arena, part: 'worker' | 'server', pid: number) {
  const killedMs = Date.now();
  process.kill(pid, 'SIGKILL');
  const isUp = () => ![undefined, pid].includes(pidOf(product.home, part));
  if (!(await watch.until(isUp))) return undefined;
  return nextTurn(watch, killedMs);
}

/** Its late results come when it wakes, long after the server has given its calls up. */
async function stopFor({ stopSeconds, cleanup, watch }: Arena, pid: number) {
  const wake = () => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It did not live through its stop.
    }
  };
  cleanup.add(wake);
  process.kill(pid, 'SIGSTOP');
  for (let left = stopSeconds; left > 0; left -= 1) {
    await delay(1_000);
    watch.excuse();
  }
  const wokenMs = Date.now();
  wake();
  return nextTurn(watch, wokenMs);
}

async function nextTurn(watch: Watch, sinceMs: number): Promise<number | undefined> {
  const seen = watch.turnsSeen;
  return (await watch.until(() => watch.turnsSeen > seen)) ? Date.now() - sinceMs : undefined;
}
