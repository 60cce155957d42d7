/** Columns of text, for a terminal or a pipe. */
import { oneLine } from '../../workflows/text';

const GAP = '  ';
/** Where the width is not known, lines are still to be read by people. */
const PIPE_COLUMNS = 160;
const LEAST_LAST_COLUMN = 20;

export interface TableOptions {
  columns?: number | undefined;
  /** Instead of cutting the last column, go on below. */
  wrap?: boolean;
}

/** Columns as wide as their content; the last takes what the terminal leaves. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns = process.stdout.columns ?? PIPE_COLUMNS, wrap = false }: TableOptions = {},
): string {
  const widths = head.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const last = head.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Math.max(LEAST_LAST_COLUMN, columns - before);
  const indent = ' '.repeat(before);
  return [head, ...rows]
    .map((row) => {
      const first = row.slice(0, last).map((cell, index) => cell.padEnd(widths[index] ?? 0));
      const text = row[last] ?? '';
      const fitted = wrap ? wrapped(text, room).join(`\n${indent}`) : oneLine(text, room);
      return [...first, fitted].join(GAP).trimEnd();
    })
    .join('\n');
}

/** Lines of at most `width` characters, broken between words; a longer word stays whole. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
