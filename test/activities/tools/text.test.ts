import fc from 'fast-check';
import { cutAnswer, cutToBytes, cutToChars, display, MAX_RESULT_BYTES } from '../../../activities/tools/text';

const anyText = fc.string({ unit: 'binary' });
const hasLoneSurrogate = (text: string): boolean => /\p{Cs}/u.test(text);

it('cuts to bytes without ever splitting a character', () => {
  fc.assert(
    fc.property(anyText, fc.nat(40), (text, max) => {
      const cut = cutToBytes(text, max);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
      expect(text.startsWith(cut)).toBe(true);
      // Nothing more would have fitted.
      const next = [...text.slice(cut.length)][0];
      if (next !== undefined) expect(Buffer.byteLength(cut + next)).toBeGreaterThan(max);
    }),
  );
});

it('cuts to characters without splitting a surrogate pair', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, max) => {
      expect(hasLoneSurrogate(cutToChars(text, max))).toBe(false);
      expect(cutToChars(text, max).length).toBeLessThanOrEqual(max);
    }),
  );
});

it('keeps every answer within the documented size, and says that it was cut', () => {
  const { text } = cutAnswer({ isError: false, text: '💥'.repeat(MAX_RESULT_BYTES) });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RESULT_BYTES);
  expect(text).toMatch(/💥\n\(The rest is cut: .*\)$/u);
});

describe('display', () => {
  it('leaves ordinary names alone', () => {
    for (const name of ['src/a b.ts', 'größe.md', "it's.txt", '-rf', '日本語', 'a:b'])
      expect(display(name)).toBe(name);
  });

  it('keeps any name on one line, and the quoted form reads back as the name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('\n', '\r', '\u2028', '\u202e', '"', '\x1b', '\u{e0001}'),
        (text, odd) => {
          const shown = display(text + odd);
          expect(shown).toMatch(/^".*"$/);
          expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u202e\u{e0001}]/u);
          expect(JSON.parse(shown)).toBe(text + odd);
        },
      ),
    );
  });

  it('quotes a name that would read as a citation', () => {
    expect(display('src/a.ts:12: fake')).toBe('"src/a.ts:12: fake"');
  });

  it('shows the bytes of a name that is not UTF-8', () => {
    expect(display(Buffer.from('caf\xe9', 'latin1'))).toBe('"caf\\xe9"');
  });
});
