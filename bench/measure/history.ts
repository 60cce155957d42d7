import { type Row, row } from '../figures';
import { say } from '../progress';
import { taskOf } from '../script';
import type { Side, Sides } from '../sides';

const LENGTHS = [10, 100, 500];

/** What a turn adds to the history, by the length of the agent: all of its runs together; and what a late turn takes. */
export async function measureHistory(sides: Sides): Promise<Row[]> {
  const rows: Row[] = [];
  let longest = '';
  for (const turns of LENGTHS) {
    say(`an agent of ${turns} turns on each side`);
    const of = async (side: Side) => {
      const id = await side.start(taskOf(turns), turns);
      await side.ended(id);
      return { id, kb: (await side.history(id)).bytes / 1024 / turns };
    };
    const [ours, beside] = [await of(sides.ours), await of(sides.minimal)];
    longest = ours.id;
    rows.push(
      row({
        what: `history a turn, of ${turns} turns`,
        unit: 'KB',
        samples: { ours: [ours.kb], beside: [beside.kb] },
      }),
    );
  }
  return [...rows, lateTurns(await sides.ours.turnTimesMs(longest))];
}

/** Turns around the 500th and the 5th of one agent: a single one may have met with anything. */
function lateTurns(timesMs: readonly number[]): Row {
  return row({
    what: 'the 500th turn of an agent (496 to 500)',
    unit: 'ms',
    besideWhat: 'its 5th',
    samples: { ours: timesMs.slice(495, 500), beside: timesMs.slice(2, 7) },
    aim: 'ratio ≤ 1.5',
  });
}
