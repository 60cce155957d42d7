import { type Row, row } from '../figures';
import { say } from '../progress';
import { taskOf } from '../script';
import type { Sides } from '../sides';

const LENGTHS = [10, 100, 500];

/** What a turn adds to the history, by the length of the agent: all of its runs together. */
export async function measureHistory(sides: Sides): Promise<Row[]> {
  const rows: Row[] = [];
  for (const turns of LENGTHS) {
    say(`an agent of ${turns} turns on each side`);
    const kbOf = async (side: Sides[keyof Sides]) => {
      const id = await side.start(taskOf(turns), turns);
      await side.ended(id);
      return (await side.history(id)).bytes / 1024 / turns;
    };
    const [ours, beside] = [await kbOf(sides.ours), await kbOf(sides.minimal)];
    rows.push(
      row({
        what: `history a turn, of ${turns} turns`,
        unit: 'KB',
        samples: { ours: [ours], beside: [beside] },
      }),
    );
  }
  return rows;
}
