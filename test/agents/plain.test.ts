import fc from 'fast-check';
import { plainText } from '../../src/agents/plain';
import { plainRecord } from '../../src/agents/plainDeep';

/** What moves a cursor, reorders text, or is seen by models alone. */
const HARMFUL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e0fff}]|\p{Surrogate}/u;

/** Any text, with those characters and halves of them far more often than by chance. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        '\u001b[31m',
        '\u001b]0;x\u0007',
        '\u009b2J',
        '\u202e',
        '\u2066',
        '\ufeff',
        '\n',
        '\t',
        'a',
      ),
      fc.constantFrom('\udb40', '\udc41', '\ud83d', '\ude00', '\u{e0041}', '\u{e0100}', '\u0000'),
    ),
  )
  .map((parts) => parts.join(''));

it('nothing harmful is left of any text, and its lines stay lines', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const plain = plainText(text);
      expect(plain).not.toMatch(HARMFUL);
      expect(plainText(plain)).toBe(plain);
      expect(plain.split('\n')).toHaveLength(text.split('\n').length);
    }),
    { numRuns: 500 },
  );
});

it('nor of any result, however deep', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('a', 'b'), fc.array(fc.record({ text: hostile }))),
      (result) => {
        for (const each of Object.values(plainRecord(result)).flat())
          expect(Object(each).text).not.toMatch(HARMFUL);
      },
    ),
    { numRuns: 100 },
  );
});

it('ordinary text in any script stays as it is', () => {
  const text = 'naïve 日本語 עברית العربية 👩‍👩‍👧 ❤️\n\tindented';
  expect(plainText(text)).toBe(text);
});
