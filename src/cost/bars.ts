/** Horizontal bars of block characters: plain text, the same on a terminal and in a pipe. */

/** Eighths of a character. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const WHOLE = '█';

/** @returns nothing for nothing, and at least a sliver for something */
export function bar(value: number, most: number, width: number): string {
  if (!(value > 0) || !(most > 0)) return '';
  const eighths = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8));
  return WHOLE.repeat(Math.floor(eighths / 8)) + (PARTS[eighths % 8] ?? '');
}
