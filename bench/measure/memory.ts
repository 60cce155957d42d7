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

const SPAWNS_AT_ONCE = 50;
/** Started, its first task done, its model call scheduled. */
const EVENTS_WHEN_PARKED = 5;
const SETTLE_MS = 3_000;
const LOOK_EVERY_MS = 500;

/**
 * Memory of a worker whose agents all wait: the first for a model that does not answer, the others for their place in
 * its queue. On a server of its own. To park as many of the minimal ones as of ours would take as long again.
 */
export async function measureMemory(
  cleanup: Cleanup,
  { beside, more }: { beside: number; more: number },
): Promise<Row[]> {
  const cluster = await startCluster(cleanup, DEFAULTS.concurrency.haiku);
  const { ours, minimal } = await openSides(cluster);
  const idle = idleRow(memoryMb(ours.workerPid), memoryMb(minimal.workerPid));
  const oursMb = await parkedMb(ours, beside);
  const both = parkedRow(beside, oursMb, await parkedMb(minimal, beside));
  return [idle, both, parkedRow(more, await parkedMb(ours, more - beside))];
}

function idleRow(ours: number, beside: number): Row {
  return row({ what: 'memory of a worker, idle', unit: 'MB', samples: { ours: [ours], beside: [beside] } });
}

function parkedRow(count: number, ours: number, beside?: number): Row {
  return row({
    what: `memory of a worker, ${count} agents parked`,
    unit: 'MB',
    samples: { ours: [ours], beside: beside === undefined ? [] : [beside] },
    ...(beside === undefined ? { aim: '< 1000 MB', besideWhat: 'nothing' as const } : {}),
  });
}

async function parkedMb(side: Side, count: number): Promise<number> {
  say(`parking ${count} agents more`);
  await park(side, count);
  return memoryMb(side.workerPid);
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
