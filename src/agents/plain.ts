/**
 * Text that an agent or a caller wrote, made safe to show: nothing in it can move a cursor, colour a terminal, reorder what
 * is read, or hide words from a person that a model would still see. Lines stay lines, so that cursors keep counting right.
 */

/** CSI, OSC and DCS sequences whole, so that no `[31m` stays behind; then shorter ones. */
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g;
/** Controls but tab and newline; marks that reorder text; invisible tags and selectors, which spell text for models alone. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e0fff}]/gu;
/** Newlines to some readers and none to others. */
const SEPARATORS = /[\u2028\u2029]/g;
/** Halves of a pair: not encodable, and refused by many JSON parsers. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

export function plainText(text: string): string {
  return (
    text
      // First: two halves would become one invisible character when what stands between them goes.
      .replace(LONE_SURROGATES, '\ufffd')
      .replace(ANSI, '')
      .replace(SEPARATORS, ' ')
      .replace(INVISIBLE, '')
  );
}
