/** What a caller waits for: the id of a new agent, and how a running one stands. */
import { setTimeout as delay } from 'node:timers/promises';
import { interleaved, percentile, type Row, row, timedMs } from '../figures';
import { say } from '../progress';
import { HOLD_TASK, taskOf } from '../script';
import type { Sides } from '../sides';

/** Until a worker has it and its first model call is under way. */
const SETTLE_MS = 2_000;

export async function measureSpawn(sides: Sides, runs: number): Promise<Row[]> {
  say(`spawning ${runs} times on each side`);
  const samples = await interleaved(runs, async (name) => {
    const side = sides[name];
    let id = '';
    const tookMs = await timedMs(async () => {
      id = await side.start(taskOf(1));
    });
    // The next one finds the service idle again.
    await side.ended(id);
    return tookMs;
  });
  return percentiles('spawn, until the id is there', samples);
}

export async function measureStatus(sides: Sides, runs: number): Promise<Row[]> {
  say(`asking a running agent for its status, ${runs} times on each side`);
  const ids = { ours: await sides.ours.start(HOLD_TASK), minimal: await sides.minimal.start(HOLD_TASK) };
  await delay(SETTLE_MS);
  const samples = await interleaved(runs, (side) => timedMs(() => sides[side].status(ids[side])));
  return percentiles('status of a running agent', samples);
}

function percentiles(what: string, samples: Row['samples']): Row[] {
  return [50, 99].map((percent) =>
    row({ what: `${what}, p${percent}`, unit: 'ms', samples }, (all) => percentile(all, percent)),
  );
}
