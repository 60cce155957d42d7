/** Numbers: what was sampled, and how it is summed up. */
import type { Circumstances } from './circumstances';

export function median(samples: readonly number[]): number {
  return percentile(samples, 50);
}

/** By the nearest rank. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

type Unit = 'ms' | 'ms CPU' | '1/s' | 'events' | 'KB' | 'MB' | 's';

/** One line of the table. */
export interface Row {
  what: string;
  unit: Unit;
  ours: number;
  /** What ours is measured against. */
  beside: number;
  besideWhat: 'minimal' | 'apart' | 'node -e 0' | 'alone' | 'promises' | 'its 5th' | 'nothing';
  /** Ours divided by the other. */
  ratio: number;
  /** What we aim for, in words; nothing fails when it is missed. */
  aim?: string;
  /** As of its measurement, where that is not that of the whole record: parts may be measured one by one. */
  measured?: Pick<Circumstances, 'date' | 'commit' | 'loadAverage'>;
  samples: { ours: number[]; beside: number[] };
}

/** What a run leaves in its file. */
export interface Recorded extends Circumstances {
  rows: Row[];
}

/** Several records as one: what was measured again replaces what there was. */
export function joined([first, ...others]: readonly Recorded[]): Recorded {
  if (!first) throw new Error('nothing recorded');
  const rows = others.reduce((all, { rows: more, date, commit, loadAverage }) => {
    const again = new Set(more.map(({ what }) => what));
    const measured = { date, commit, loadAverage };
    return [...all.filter(({ what }) => !again.has(what)), ...more.map((each) => ({ measured, ...each }))];
  }, first.rows);
  return { ...first, rows };
}

type RowInput = Omit<Row, 'ours' | 'beside' | 'ratio' | 'besideWhat'> & { besideWhat?: Row['besideWhat'] };

export function row(input: RowInput, sumUp: (samples: readonly number[]) => number = median): Row {
  const ours = sumUp(input.samples.ours);
  const beside = sumUp(input.samples.beside);
  return { besideWhat: 'minimal', ...input, ours, beside, ratio: ours / beside };
}

export async function timedMs(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

/** Samples both in turn, in changing order, so that whatever else the machine does hits both alike. */
export async function interleaved(
  count: number,
  sample: (side: 'ours' | 'minimal') => Promise<number>,
): Promise<Row['samples']> {
  const samples: Row['samples'] = { ours: [], beside: [] };
  for (let index = 0; index < count; index += 1) {
    for (const side of index % 2 === 0 ? (['ours', 'minimal'] as const) : (['minimal', 'ours'] as const)) {
      samples[side === 'ours' ? 'ours' : 'beside'].push(await sample(side));
    }
  }
  return samples;
}
