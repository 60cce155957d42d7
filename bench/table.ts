import type { Circumstances } from './circumstances';
import type { Recorded, Row } from './figures';

const HEAD = ['', 'ours', 'minimal', 'ratio', 'aim', 'samples', 'load'];

export function render({ rows, ...where }: Recorded): string {
  const cells = [HEAD, ...rows.map((row) => [...cellsOf(row), String((row.measured ?? where).loadAverage)])];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const rule = '-'.repeat(lines[0]?.length ?? 0);
  return [...header(where), '', lines[0], rule, ...lines.slice(1), '', FOOT].join('\n');
}

const FOOT =
  'Medians unless a percentile is named; ratio = ours / minimal. Times of a shared machine are noisy: compare ratios.\nload = processes that were ready to run, other work on the machine included, when the part began.';

function header(where: Circumstances): string[] {
  return [
    `${where.date}, commit ${where.commit}`,
    `${where.machine}; ${where.cores} cores, load ${where.loadAverage}; Node.js ${where.node}, Temporal server ${where.temporalServer}`,
  ];
}

/** What the column says already, and what there is none of. */
const BARE: ReadonlySet<Row['besideWhat']> = new Set(['minimal', 'nothing']);

function cellsOf(row: Row): string[] {
  const beside = figure(row.beside, row.unit);
  return [
    row.what,
    figure(row.ours, row.unit),
    BARE.has(row.besideWhat) ? beside : `${beside} (${row.besideWhat})`,
    Number.isFinite(row.ratio) ? row.ratio.toFixed(2) : '-',
    row.aim ?? '',
    String(row.samples.ours.length),
  ];
}

export function figure(value: number, unit: Row['unit']): string {
  if (!Number.isFinite(value)) return '-';
  const digits = unit === 'events' || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${unit}`;
}
