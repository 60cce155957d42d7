import { appendFileSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inCommands } from '../../src/cli/explain';
import { placesInFile } from '../../src/cli/places';
import { table } from '../../src/cli/table';
import { duration, printable, short } from '../../src/cli/words';

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

  it('are kept for the next command, and only move forward', () => {
    const file = newFile();
    placesInFile(file).set('explore-1', 5, false);
    placesInFile(file).set('explore-1', 3, false);
    const next = placesInFile(file);
    expect([next.get('explore-1'), next.hasReadToTheEnd('explore-1')]).toEqual([5, false]);
    next.set('explore-1', 9, true);
    expect(placesInFile(file).hasReadToTheEnd('explore-1')).toBe(true);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('of two commands at once are all kept, and seen by both', () => {
    const file = newFile();
    const [one, other] = [placesInFile(file), placesInFile(file)];
    one.set('a-1', 1, false);
    other.set('b-1', 2, true);
    one.set('a-1', 3, false);
    expect([other.get('a-1'), one.get('b-1'), one.hasReadToTheEnd('b-1')]).toEqual([3, 2, true]);
  });

  it('survive damage: what cannot be read is skipped', () => {
    const file = newFile();
    placesInFile(file).set('a-1', 1, false);
    appendFileSync(file, '\0\0garbage\n{"half": \nb-1 99');
    const places = placesInFile(file);
    places.set('c-1', 7, true);
    expect(['a-1', 'b-1', 'c-1'].map((id) => placesInFile(file).get(id))).toEqual([1, 0, 7]);
  });

  it('stay small, keeping the agents that were read last', () => {
    const file = newFile();
    const places = placesInFile(file);
    places.set('old-1', 1, false);
    const many = Array.from({ length: 20_000 }, (_, index) => `busy-${index % 2_500} ${index} open\n`);
    appendFileSync(file, many.join(''));
    places.set('new-1', 2, true);
    expect(readFileSync(file).length).toBeLessThan(128 * 1024);
    expect([places.get('old-1'), places.get('busy-2499'), places.get('new-1')]).toEqual([0, 19_999, 2]);
  });

  it('that cannot be written are no reason to fail', () => {
    const places = placesInFile(join(__filename, 'below-a-file', 'place.log'));
    expect(() => places.set('a-1', 1, true)).not.toThrow();
    expect(places.get('a-1')).toBe(0);
  });
});
