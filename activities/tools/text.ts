import { isUtf8 } from 'node:buffer';
import { sizes } from '../../workflows/sizes';
import type { ToolAnswer } from './tool';

/** No tool answer is longer than this, in UTF-8. */
export const MAX_RESULT_BYTES = sizes.toolResultBytes;
/** What the lines of a listing may take, so that the header and the closing note always fit beside them. */
export const MAX_BODY_BYTES = MAX_RESULT_BYTES - 2048;

const CUT_NOTE = '\n(The rest is cut: the result was too long. Ask for less at a time.)';

/** The longest prefix that fits, never ending within a character. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text).subarray(0, maxBytes + 1);
  let end = maxBytes;
  // Bytes 10xxxxxx continue a character: step back to where one begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** The first `maxChars` UTF-16 units, one less where the cut would split a surrogate pair. */
export function cutToChars(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? maxChars - 1 : maxChars);
}

/** The last guard before an answer leaves: tools fit their own text, this catches what they did not foresee. */
export function cutAnswer(answer: ToolAnswer): ToolAnswer {
  if (Buffer.byteLength(answer.text) <= MAX_RESULT_BYTES) return answer;
  const room = MAX_RESULT_BYTES - Buffer.byteLength(CUT_NOTE);
  return { ...answer, text: cutToBytes(answer.text, room) + CUT_NOTE };
}

/** How many of the lines fit into the body of an answer, newlines included. */
export function countFitting(lines: readonly string[], maxBytes = MAX_BODY_BYTES): number {
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) return index;
  }
  return lines.length;
}

// Controls, line and paragraph separators, bidirectional overrides, lone surrogates; a quote or backslash would
// make the quoted form ambiguous, and a colon with a number after it would fake a `path:LINE` citation.
const UNUSUAL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"\\]|:\s*\d|^\s|\s$/u;
const NOT_IN_JSON = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A file name as it appears in an answer: one line whatever it holds. Unusual ones are written as a JSON string. */
export function display(name: string | Buffer): string {
  if (typeof name === 'string') return UNUSUAL.test(name) ? quote(name) : name;
  return isUtf8(name) ? display(name.toString()) : quoteBytes(name);
}

function quote(name: string): string {
  return JSON.stringify(name).replace(NOT_IN_JSON, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** A name that is not UTF-8 has no JSON form: its bytes are shown, and no tool can open it by name. */
function quoteBytes(name: Buffer): string {
  return `"${name.toString('latin1').replace(/[^\x20-\x7e]|["\\]/g, hexEscape)}"`;
}

function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
