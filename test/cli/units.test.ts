import { appendFileSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { noneFits } from '../../src/agents/none';
import { inCommands } from '../../src/cli/explain';
import { table } from '../../src/cli/table';
import { duration, printable, short } from '../../src/cli/words';
import { placesInFile } from '../../src/placesInFile';
import { readingOf } from '../../workflows/readings';

describe('words', () => {
  it.each([
    [0, '0 s'],
    [700, '0.7 s'],
    [9_960, '10 s'],
    [42_400, '42 s'],
    [185_000, '3 min 5 s'],
    [1_800_000, '30 min'],
    [86_400_000, '24 h'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it.each([
    [999, '999'],
    [1_240, '1.2k'],
    [34_000, '34k'],
    [999_600, '1M'],
    [2_500_000, '2.5M'],
  ])('%d is %s', (count, text) => {
    expect(short(count)).toBe(text);
  });

  it('takes from a text what would command a terminal', () => {
    expect(printable('a\u001b[2Jb\u0007\u009bc\td\n')).toBe('a[2Jbc\td\n');
  });

  it('speaks of commands where the tools speak of tools', () => {
    expect(inCommands('No agent "x". Call agent_list to see them.')).toBe(
      'No agent "x". Run bga list to see them.',
    );
  });
});

describe('a list without agents says', () => {
  it.each([
    [{ status: 'waiting' as const }, 'No agent in this directory is waiting.'],
    [{ status: 'failed' as const, scope: 'session' as const }, 'No agent in this session has failed.'],
    [
      { status: 'killed' as const, agent_type: 'audit' },
      'No agent of type audit in this directory was killed.',
    ],
    [{ agent_type: 'audit', scope: 'all' as const }, 'There is no agent of type audit.'],
    [{ cursor: 'x', status: 'failed' as const }, 'No more agents after this cursor.'],
    [{ scope: 'all' as const }, undefined],
  ])('to %j: %j', (request, text) => {
    expect(noneFits(request)).toBe(text);
  });
});

describe('table', () => {
  const rows = [['explore', 'finds where something is, what uses it, or what a piece of code does']];

  it('cuts the last column to the terminal', () => {
    const text = table(['type', 'for'], rows, { columns: 40 });
    expect(text.split('\n').every((line) => line.length <= 40)).toBe(true);
    expect(text).toContain('…');
  });

  it('or wraps it below itself, losing nothing', () => {
    const text = table(['type', 'for'], rows, { columns: 40, wrap: true });
    expect(text.split('\n').every((line) => line.length <= 40)).toBe(true);
    expect(text.replace(/\s+/g, ' ')).toContain(rows[0]?.[1]);
  });
});

describe('reading places in a file', () => {
  const newFile = () => join(mkdtempSync(join(tmpdir(), 'bga-places-')), 'sessions', 'cli.log');

  const noted = async (file: string, ...keys: string[]) => {
    const readings = (await placesInFile(file).of(keys)) ?? new Map();
    return keys.map((key) => readingOf(readings, key));
  };
  const linesOf = async (file: string, ...keys: string[]) =>
    (await noted(file, ...keys)).map(({ lines }) => lines);

  it('are kept for the next command, and only move forward', async () => {
    const file = newFile();
    await placesInFile(file).move('explore-1', { lines: 5 });
    await placesInFile(file).move('explore-1', { lines: 3 });
    expect(await noted(file, 'explore-1')).toEqual([{ lines: 5, before: 0 }]);
    await placesInFile(file).move('explore-1', { lines: 9, endedAtMs: 77 });
    expect(await noted(file, 'explore-1')).toEqual([{ lines: 9, before: 5, endedAtMs: 77 }]);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('of two commands at once are all kept, and seen by both', async () => {
    const file = newFile();
    const [one, other] = [placesInFile(file), placesInFile(file)];
    await one.move('a-1', { lines: 1 });
    await other.move('b-1', { lines: 2, endedAtMs: 5 });
    await one.move('a-1', { lines: 3 });
    expect((await other.of([]))?.get('a-1')).toEqual({ lines: 3, before: 1 });
    expect((await one.of([]))?.get('b-1')).toEqual({ lines: 2, before: 0, endedAtMs: 5 });
  });

  it('of sessions that are long over go when a new one begins', async () => {
    const file = newFile();
    await placesInFile(file).move('a-1', { lines: 1 });
    utimesSync(file, new Date(0), new Date(0));
    await placesInFile(file.replace('cli.log', 'new.log')).move('a-1', { lines: 2 });
    expect(readdirSync(dirname(file))).toEqual(['new.log']);
  });

  it('survive damage: what cannot be read is skipped', async () => {
    const file = newFile();
    await placesInFile(file).move('a-1', { lines: 1 });
    appendFileSync(file, '\0\0garbage\n{"half": \nb-1 99');
    await placesInFile(file).move('c-1', { lines: 7 });
    expect(await linesOf(file, 'a-1', 'b-1', 'c-1')).toEqual([1, 0, 7]);
  });

  it('count a result as read of which a former version noted that', async () => {
    const file = newFile();
    await placesInFile(file).move('a-1', { lines: 1 });
    appendFileSync(file, '\nb-1 4 end\n');
    expect((await noted(file, 'b-1'))[0]?.endedAtMs).toBeGreaterThan(Date.now());
  });

  it('stay small, keeping the agents that were read last', async () => {
    const file = newFile();
    const places = placesInFile(file);
    await places.move('old-1', { lines: 1 });
    const many = Array.from({ length: 20_000 }, (_, index) => `busy-${index % 2_500} ${index} open\n`);
    appendFileSync(file, many.join(''));
    appendFileSync(file, '\nb-1 4 end\n');
    await places.move('new-1', { lines: 2, endedAtMs: 9 });
    expect(readFileSync(file).length).toBeLessThan(128 * 1024);
    expect(await linesOf(file, 'old-1', 'busy-2499', 'b-1', 'new-1')).toEqual([0, 19_999, 4, 2]);
    expect((await noted(file, 'busy-2499'))[0]?.before).toBe(17_499);
    expect((await noted(file, 'b-1'))[0]?.endedAtMs).toBeGreaterThan(Date.now());
  });

  it('that cannot be written are no reason to fail', async () => {
    const file = join(__filename, 'below-a-file', 'place.log');
    await placesInFile(file).move('a-1', { lines: 1 });
    expect(await linesOf(file, 'a-1')).toEqual([0]);
  });
});
