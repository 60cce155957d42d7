/** Text as a terminal shows it: cells, not characters. */
import measured from 'fast-string-truncated-width';
import { oneLine } from '../../workflows/text';
import { plainText } from '../agents/plain';

const ELLIPSIS = '…';
const ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter();

export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : measured(text).width;
}

/** One line of exactly so many cells, whatever an agent has written. */
export function fitted(text: string, cells: number): string {
  if (cells <= 0) return '';
  const flat = oneLine(plainText(text), Number.POSITIVE_INFINITY);
  const shown = widthOf(flat) <= cells ? flat : firstOf(flat, cells - 1) + ELLIPSIS;
  return shown + ' '.repeat(cells - widthOf(shown));
}

/** Lines of at most so many cells, each line of the text beginning a new one. */
export function wrapped(text: string, cells: number): string[] {
  return plainText(text)
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap((line) => piecesOf(line, Math.max(2, cells)));
}

function piecesOf(line: string, cells: number): string[] {
  const pieces: string[] = [];
  for (let rest = line; rest !== '' || pieces.length === 0; rest = rest.slice(pieces.at(-1)?.length))
    pieces.push(firstOf(rest, cells));
  return pieces;
}

/** What fits of it, in whole graphemes. (The package that measures cuts as well, but counts arrows only behind the cut.) */
function firstOf(text: string, cells: number): string {
  if (ASCII.test(text)) return text.slice(0, cells);
  let left = cells;
  for (const { segment, index } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) return text.slice(0, index);
  }
  return text;
}
