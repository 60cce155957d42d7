import { interleaved, type Row, row, timedMs } from '../figures';
import { say } from '../progress';
import { taskOf } from '../script';
import type { Side, Sides } from '../sides';

export const TURNS = 5;
const WARM_UP = 3;

/** One agent alone, from its start to its end. */
export async function measureAgent(sides: Sides, runs: number): Promise<Row[]> {
  say(`one agent of ${TURNS} turns, ${runs} times on each side`);
  for (let i = 0; i < WARM_UP; i += 1) await Promise.all([runOne(sides.ours), runOne(sides.minimal)]);
  const times = await interleaved(runs, (side) => timedMs(() => runOne(sides[side])));
  return [
    row({ what: `one agent, ${TURNS} turns, start to end`, unit: 'ms', aim: 'ratio ≤ 1.5', samples: times }),
    ...(await history(sides)),
  ];
}

async function runOne(side: Side): Promise<string> {
  const id = await side.start(taskOf(TURNS));
  await side.ended(id);
  return id;
}

async function history(sides: Sides): Promise<Row[]> {
  const ours = await sides.ours.history(await runOne(sides.ours));
  const minimal = await sides.minimal.history(await runOne(sides.minimal));
  return [
    row({
      what: 'its history, events',
      unit: 'events',
      samples: { ours: [ours.events], beside: [minimal.events] },
    }),
    row({
      what: 'its history, size',
      unit: 'KB',
      samples: { ours: [ours.bytes / 1024], beside: [minimal.bytes / 1024] },
    }),
  ];
}
