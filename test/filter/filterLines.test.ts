import { Worker } from 'node:worker_threads';
import { filterLines } from '../../src/filter';

/** More states than the engine keeps: linear in the text, and still far more than anybody would wait for. */
const HOSTILE_PATTERN = 'a[ab]{900}[^ab]';
const HOSTILE_LINES = Array.from({ length: 50 }, () => pseudoRandomText(80_000));

function pseudoRandomText(length: number): string {
  let seed = 7;
  return Array.from({ length }, () => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (seed >> 16) & 1 ? 'a' : 'b';
  }).join('');
}

async function errorOf(lines: string[], pattern: string): Promise<string> {
  const result = await filterLines(lines, pattern);
  return result.ok ? 'no error' : result.error;
}

it('gives the indexes of the lines in which the pattern occurs', async () => {
  const lines = ['alpha', 'beta', 'gamma ray', ''];
  expect(await filterLines(lines, 'a$')).toEqual({ ok: true, matched: [0, 1] });
  expect(await filterLines(lines, '(?i)GAMMA')).toEqual({ ok: true, matched: [2] });
  expect(await filterLines(lines, '^$')).toEqual({ ok: true, matched: [3] });
  expect(await filterLines(lines, 'nowhere')).toEqual({ ok: true, matched: [] });
  expect(await filterLines([], '.')).toEqual({ ok: true, matched: [] });
});

it('understands Unicode', async () => {
  expect(await filterLines(['größe', 'size', '🙂'], '^\\p{L}+ß|^.$')).toEqual({ ok: true, matched: [0, 2] });
});

it.each([
  ['(?=x)', '(?='],
  ['(a)\\1', '\\1'],
  ['(unclosed', 'missing closing )'],
  ['a**', '**'],
  ['a{2000}', '{2000}'],
])('quotes what is wrong with %s and names the syntax', async (pattern, problem) => {
  const error = await errorOf(['a'], pattern);
  expect(error).toContain(problem);
  expect(error).toContain('RE2');
});

it('stops a hostile pattern, and meanwhile filters for others and leaves the event loop free', async () => {
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 10);
  const hostile = errorOf(HOSTILE_LINES, HOSTILE_PATTERN);
  const others = await Promise.all(
    [1, 2, 3].map(() => filterLines(['one', 'two'], 't.o', { timeoutMs: 20_000 })),
  );
  const error = await hostile;
  clearInterval(ticking);
  expect(others).toEqual([1, 2, 3].map(() => ({ ok: true, matched: [1] })));
  expect(error).toMatch(/took longer than 250 ms.*stopped/);
  // A blocked loop would have ticked once or twice.
  expect(ticks).toBeGreaterThan(5);
});

it('ends the thread of a hostile pattern', async () => {
  const ended = jest.spyOn(Worker.prototype, 'terminate');
  await errorOf(HOSTILE_LINES, HOSTILE_PATTERN);
  expect(ended).toHaveBeenCalledTimes(1);
  // Resolves only when the thread is gone.
  await ended.mock.results[0]?.value;
  ended.mockRestore();
});

it('refuses more text than can be handed over in good time', async () => {
  expect(await errorOf(['x'.repeat(17_000_000)], 'x')).toContain('too many to filter');
});

it('filters a long log', async () => {
  const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i} of a long log`);
  const result = await filterLines(lines, '\\b49\\d{3}\\b', { timeoutMs: 20_000 });
  expect(result).toMatchObject({ ok: true, matched: expect.arrayContaining([49_000, 49_999]) });
});
