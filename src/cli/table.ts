import { oneLine } from '../../workflows/text';

const GAP = '  ';

/** Columns as wide as their content; the last takes what the terminal leaves. */
export function table(head: string[], rows: string[][], columns = process.stdout.columns ?? 160): string {
  const widths = head.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const last = head.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Math.max(20, columns - before);
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, index) => (index === last ? oneLine(cell, room) : cell.padEnd(widths[index] ?? 0)))
        .join(GAP),
    )
    .join('\n');
}
