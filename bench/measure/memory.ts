import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULTS } from '../../src/config/defaults';
import type { Cleanup } from '../cleanup';
import { startCluster } from '../cluster';
import { memoryMb } from '../cpu';
import { type Row, row } from '../figures';
import { say } from '../progress';
import { HOLD_TASK } from '../script';
import { openSides, type Side } from '../sides';
import { inFlight } from './throughput';

const COUNTS = [1_000, 10_000];
const SPAWNS_AT_ONCE = 50;
/** Started, its first task done, its model call scheduled. */
const EVENTS_WHEN_PARKED = 5;
const SETTLE_MS = 3_000;
const LOOK_EVERY_MS = 500;

/**
 * Memory of a worker whose agents all wait: the first for a model that does not answer, the others for their place in
 * its queue. On a server of its own.
 */
export async function measureMemory(cleanup: Cleanup, counts: readonly number[] = COUNTS): Promise<Row[]> {
  const cluster = await startCluster(cleanup, DEFAULTS.concurrency.haiku);
  const sides = await openSides(cluster);
  const before = { ours: memoryMb(sides.ours.workerPid), beside: memoryMb(sides.minimal.workerPid) };
  const rows = [parkedRow(0, before.ours, before.beside)];
  const parked = { ours: 0, minimal: 0 };
  for (const count of counts) {
    const measured = { ours: Number.NaN, minimal: Number.NaN };
    for (const name of ['ours', 'minimal'] as const) {
      say(`parking agents (${name}), ${count} of them`);
      await park(sides[name], count - parked[name]);
      parked[name] = count;
      measured[name] = memoryMb(sides[name].workerPid);
    }
    rows.push(parkedRow(count, measured.ours, measured.minimal));
  }
  return rows;
}

function parkedRow(count: number, ours: number, beside: number): Row {
  return row({
    what: count === 0 ? 'memory of a worker, idle' : `memory of a worker, ${count} agents parked`,
    unit: 'MB',
    samples: { ours: [ours], beside: [beside] },
    ...(count === 10_000 ? { aim: '< 1000 MB' } : {}),
  });
}

async function park(side: Side, count: number): Promise<void> {
  const ids: string[] = [];
  await inFlight(count, SPAWNS_AT_ONCE, async () => {
    ids.push(await side.start(HOLD_TASK));
  });
  // Started about in order: once the last of them are there, so are the others.
  for (const id of ids.slice(-SPAWNS_AT_ONCE)) {
    while ((await side.history(id)).events < EVENTS_WHEN_PARKED) await delay(LOOK_EVERY_MS);
  }
  await delay(SETTLE_MS);
}
