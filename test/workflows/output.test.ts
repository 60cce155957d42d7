import type { LogLine } from '../../workflows/contract';
import { EMPTY_LOG, linesOf, pageOf, resultSegments, withLines } from '../../workflows/output';
import { sizes } from '../../workflows/sizes';

const line = (turn: number, text: string, kind: LogLine['kind'] = 'text'): LogLine => ({ kind, turn, text });
const logOf = (...lines: LogLine[]) => withLines(EMPTY_LOG, lines);

describe('the log', () => {
  it('has a line for each line of text, whatever its line ends', () => {
    expect(linesOf('text', 1, 'a\r\nb\rc\n\n').map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  it('breaks a line that is longer than a reader can get at once, and loses nothing of it', () => {
    const long = `${'😀'.repeat(10_001)}end`;
    const lines = linesOf('text', 1, `first\n${long}`);
    expect(lines[0]?.text).toBe('first');
    expect(lines.length).toBeGreaterThan(2);
    expect(
      lines
        .slice(1)
        .map(({ text }) => text)
        .join(''),
    ).toBe(long);
    for (const { text } of lines) expect(Buffer.from(text).toString()).toBe(text);
  });

  it('is read in pages that follow on each other and lose no line', () => {
    const log = Array.from({ length: 5_000 }, (_, index) => line(1, `${index} ${'x'.repeat(200)}`));
    const read: string[] = [];
    for (let from = 0; from < log.length; ) {
      const page = pageOf(logOf(...log), from, undefined);
      expect(page.from).toBe(from);
      read.push(...page.lines.map(({ text }) => text));
      from += page.lines.length;
    }
    expect(read).toEqual(log.map(({ text }) => text));
  });

  it('answers a place beyond its end with nothing, and one before its start from the start', () => {
    expect(pageOf(logOf(line(1, 'a')), 99, undefined)).toMatchObject({ lines: [], from: 1, lineCount: 1 });
    expect(pageOf(logOf(line(1, 'a')), -5, undefined).lines).toHaveLength(1);
  });
});

describe('the report', () => {
  const log = logOf(line(1, 'so far'), line(1, '[tool] x', 'tool'), line(2, 'answer'), line(2, 'second'));

  it('has the answer alone when there is one, with its place in the log', () => {
    expect(resultSegments(log, 2)).toEqual({ segments: [{ line: 2, text: 'answer\nsecond' }], cut: false });
  });

  it('has all text so far when there is none', () => {
    expect(resultSegments(log, undefined).segments).toEqual([
      { line: 0, text: 'so far' },
      { line: 2, text: 'answer\nsecond' },
    ]);
  });

  it('keeps the newest text when it has to cut, and stays within its bytes', () => {
    const long = Array.from({ length: 3_000 }, (_, index) => line(1, `${index} ${'ä'.repeat(20)}`));
    const { segments, cut } = resultSegments(logOf(...long), 1);
    expect(cut).toBe(true);
    expect(Buffer.byteLength(segments.map(({ text }) => text).join('\n'))).toBeLessThanOrEqual(
      sizes.reportBytes,
    );
    expect(segments.at(-1)?.text.endsWith(long.at(-1)?.text ?? '-')).toBe(true);
  });

  it('cuts a single line that is longer than everything allowed, never inside a character', () => {
    const { segments, cut } = resultSegments(logOf(line(1, '😀'.repeat(sizes.reportBytes))), 1);
    expect(cut).toBe(true);
    const text = segments[0]?.text ?? '';
    expect(Buffer.from(text).toString()).toBe(text);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(sizes.reportBytes);
  });
});
