/** The pure parts of reading: pages, places in a list, and what is stripped. No server. */
import fc from 'fast-check';
import { cursorOf, isAfter, newestFirst, parseCursor } from '../../src/agents/cursor';
import { fitting } from '../../src/agents/output';
import { plainText } from '../../src/agents/plain';
import { newestWindow } from '../../src/agents/window';
import { heartbeatOf, memoOf, reportOf } from '../../src/agents/wire';

const numbered = (texts: readonly string[]) => texts.map((text, number) => ({ number, text }));

describe('a page of lines', () => {
  it('is followed by the next one without a line lost or repeated', () => {
    const line = fc.string({ maxLength: 100 }).map((text) => text.replace(/\n/g, ' '));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 80 }),
        fc.integer({ min: 100, max: 400 }),
        (texts, maxChars) => {
          const lines = numbered(texts);
          const pages: string[] = [];
          for (let cursor = 0, more = lines.length > 0; more; ) {
            const page = fitting(lines.slice(cursor), { lineCount: lines.length }, maxChars);
            expect(page.text.length).toBeLessThanOrEqual(maxChars);
            expect(page.nextCursor).toBeGreaterThan(cursor);
            pages.push(page.text);
            cursor = page.nextCursor;
            more = page.truncated;
          }
          expect(pages.join('\n')).toBe(texts.join('\n'));
        },
      ),
    );
  });

  it('cuts a line that is longer than everything allowed, says so, and ends all the same', () => {
    const lines = numbered(['😀'.repeat(500), 'next']);
    const page = fitting(lines, { lineCount: 2 }, 200);
    expect(page).toMatchObject({ nextCursor: 1, truncated: true });
    expect(page.text.length).toBeLessThanOrEqual(200);
    expect(page.text).toContain('this line has 1000 characters; cursor 0 with a larger max_chars shows more');
    expect(page.text).not.toMatch(/\p{Surrogate}/u);
    const last = fitting(lines.slice(0, 1), { lineCount: 1 }, 200);
    expect(last).toMatchObject({ nextCursor: 1, truncated: true });
    expect(fitting([], { lineCount: 1 }, 200)).toEqual({ text: '', nextCursor: 1, truncated: false });
  });
});

describe('a place in a list', () => {
  const place = fc.record({
    createdAtMs: fc.integer({ min: 0, max: 3 }),
    agentId: fc.stringMatching(/^[a-c]-[0-9]{2}$/),
  });

  it('splits any list into what came before it and what comes after', () => {
    fc.assert(
      fc.property(fc.uniqueArray(place, { selector: cursorOf, minLength: 1 }), fc.nat(), (places, nth) => {
        const sorted = [...places].sort(newestFirst);
        const at = nth % sorted.length;
        const here = sorted[at] ?? { createdAtMs: 0, agentId: '' };
        expect(sorted.filter((each) => isAfter(each, parseCursor(cursorOf(here))))).toEqual(
          sorted.slice(at + 1),
        );
      }),
    );
  });
});

describe('the newest window', () => {
  it('holds enough rows, and not many more, however they are spread', async () => {
    const spread = fc.array(fc.integer({ min: 0, max: 40 * 86_400_000 }), { maxLength: 3_000 });
    await fc.assert(
      fc.asyncProperty(spread, fc.integer({ min: 1, max: 100 }), async (agesMs, wanted) => {
        const toMs = 1e12;
        const inside = (window: { fromMs: number; toMs: number }) =>
          agesMs.filter((age) => toMs - age >= window.fromMs && toMs - age <= window.toMs).length;
        const { window, isLast } = await newestWindow(toMs, wanted, async (each) => inside(each));
        expect(isLast).toBe(agesMs.length < wanted);
        expect(inside(window)).toBeGreaterThanOrEqual(Math.min(wanted, agesMs.length));
        const tied = Math.max(
          0,
          ...[...new Set(agesMs)].map((age) => agesMs.filter((a) => a === age).length),
        );
        expect(inside(window)).toBeLessThanOrEqual(Math.max(500, wanted + tied));
      }),
      { numRuns: 30 },
    );
  });
});

describe('plain text', () => {
  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['eight-bit sequences', '\u009b31mred', 'red'],
    ['titles and links', '\u001b]8;;http://x\u001b\\link\u001b]8;;\u0007', 'link'],
    ['an escape left open', 'a\u001b]0;title\nb', 'a\nb'],
    ['cursor movements', 'safe\u001b[2K\u001b[1Arm', 'saferm'],
    ['controls', 'a\u0000\u0008\u007f\u0085b\r', 'ab'],
    ['reordering', '\u202eabc\u202c \u2066d\u2069', 'abc d'],
    ['invisible tags', 'a\u{e0041}\u{e0042}b', 'ab'],
    ['halves of pairs', 'a\ud800b', 'a\ufffdb'],
    ['what belongs to a language', 'naïve 日本 👩‍👩‍👧 می‌خواهم\t|', 'naïve 日本 👩‍👩‍👧 می‌خواهم\t|'],
  ])('without %s', (_, text, plain) => expect(plainText(text)).toBe(plain));

  it('has as many lines as before, and nothing left to strip', () => {
    const nasty = fc.array(
      fc.constantFrom('\u001b', '[', ']', '31', 'm', '\n', '\u0007', '\u202e', 'x', '\ud800'),
    );
    fc.assert(
      fc.property(nasty, (parts) => {
        const text = parts.join('');
        expect(plainText(text).split('\n')).toHaveLength(text.split('\n').length);
        expect(plainText(plainText(text))).toBe(plainText(text));
      }),
    );
  });
});

describe('what comes back from the server', () => {
  it('is filled where it lacks something, and is taken for nothing where it is something else', () => {
    expect(memoOf(undefined)).toMatchObject({ task: '', lifetime: 'detached', limits: { maxTurns: 0 } });
    expect(memoOf({ task: 5, name: ['x'], limits: { maxTurns: 'many' }, lifetime: 'long' })).toEqual(
      memoOf({}),
    );
    expect(memoOf({ name: 'n', task: 't' })).toMatchObject({ name: 'n', task: 't' });
    for (const odd of [undefined, null, 3, 'x', {}, { outcome: { status: 'completed', reason: 'killed' } }]) {
      expect(reportOf(odd)).toBeUndefined();
      expect(heartbeatOf(odd)).toBeUndefined();
    }
  });
});
