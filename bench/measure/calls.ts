/** What a caller waits for: the id of a new agent, and how a running one stands. */
import { setTimeout as delay } from 'node:timers/promises';
import { interleaved, percentile, type Row, row, timedMs } from '../figures';
import { say } from '../progress';
import { HOLD_TASK, taskOf } from '../script';
import type { Sides } from '../sides';
import { inFlight } from './throughput';

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

/** A model call of a busy agent: 200 of them are about what two cores can do. */
const BUSY_LATENCY_MS = 5_000;
const BUSY_TURNS = 100;

/** The same while many are at work, each in its model call or between two. */
export async function measureBusyStatus(sides: Sides, agents: number, runs: number): Promise<Row[]> {
  const samples: Row['samples'] = { ours: [], beside: [] };
  for (const name of ['ours', 'minimal'] as const) {
    const side = sides[name];
    say(`${agents} agents at work (${name}), asked for their status ${runs} times`);
    const ids: string[] = [];
    await inFlight(agents, STARTS_AT_ONCE, async () => {
      ids.push(await side.start(taskOf(BUSY_TURNS, BUSY_LATENCY_MS), BUSY_TURNS));
    });
    await delay(SETTLE_MS);
    const place = samples[name === 'ours' ? 'ours' : 'beside'];
    for (let run = 0; run < runs; run += 1) {
      const id = ids[run % ids.length] ?? '';
      place.push(await timedMs(() => side.status(id)));
    }
    await inFlight(agents, STARTS_AT_ONCE, async () => side.stop(ids.pop() ?? ''));
  }
  return percentiles(`status with ${agents} at work`, samples, '< 50 ms');
}

const STARTS_AT_ONCE = 20;

/** From the word to the end of an agent in the middle of a model call. */
export async function measureKill(sides: Sides, runs: number): Promise<Row[]> {
  say(`killing ${runs} agents on each side`);
  const samples = await interleaved(runs, async (name) => {
    const side = sides[name];
    const id = await side.start(HOLD_TASK);
    await delay(SETTLE_MS);
    const ended = side.ended(id).catch(() => undefined);
    return timedMs(async () => {
      await side.stop(id);
      await ended;
    });
  });
  return percentiles('kill, until the agent has ended', samples, '< 2000 ms');
}

function percentiles(what: string, samples: Row['samples'], aim?: string): Row[] {
  return [50, 99].map((percent) =>
    row(
      {
        what: `${what}, p${percent}`,
        unit: 'ms',
        samples,
        ...(aim === undefined || percent !== 99 ? {} : { aim }),
      },
      (all) => percentile(all, percent),
    ),
  );
}
