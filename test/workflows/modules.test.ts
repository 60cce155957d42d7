import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', 'workflows');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));

/** Filled or replaced by one agent, these would be found so by the next. A WeakMap knows only what it is asked for. */
const KEPT =
  /^(?:export )?(?:let|var) |^(?:export )?const \w+.*(?:= new (?:Map|Set|Array)\b.*\(\)|= \[\]|= \{\});$/m;

describe('the modules of a workflow bundle, which all agents of a worker share', () => {
  it.each(files)('%s keeps nothing of an agent for the next', (name) => {
    expect(readFileSync(join(FOLDER, name), 'utf8')).not.toMatch(KEPT);
  });

  it.each([
    'let told = 0;',
    'export let told = 0;',
    'const known = new Map<string, number>();',
    'const lines: string[] = [];',
    'export const seen = new Set();',
  ])('would notice: %s', (line) => {
    expect(`import x from 'y';\n${line}\n`).toMatch(KEPT);
  });
});
