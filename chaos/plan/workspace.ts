/** What the agents read, and what their tools must say of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random';

const NOTE_LINES = 400;
const BULK_FILES = 40;
const ZEBRAS = 60;

export function makeWorkspace(folder: string): void {
  const numbered = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `${text(index)}\n`).join('');
  writeFileSync(
    join(folder, 'notes.txt'),
    numbered(NOTE_LINES, (i) => `Note ${i + 1}: größer, 漢字, 🦓.`),
  );
  mkdirSync(join(folder, 'zoo'));
  writeFileSync(
    join(folder, 'zoo', 'animals.txt'),
    numbered(ZEBRAS, (i) => `zebra-${two(i)} 🦓`),
  );
  mkdirSync(join(folder, 'bulk'));
  for (let i = 0; i < BULK_FILES; i += 1) writeFileSync(join(folder, 'bulk', `file-${two(i)}.txt`), 'text\n');
}

/** A call as the model makes it, and the line that it must leave in the agent's log. */
export interface PlannedCall {
  id: string;
  name: string;
  /** The argument text as it is streamed; not always JSON. */
  json: string;
  line: string;
  /** Runs as an activity: a tool that does not exist is refused by the workflow itself. */
  isActivity: boolean;
}

type Kind = (nth: number, random: Random) => Omit<PlannedCall, 'id'>;

/** `nth` counts the calls of one agent: no two of them are the same, which would look like an agent in a loop. */
const FINDING: readonly [Kind, ...Kind[]] = [
  (nth, random) => {
    const from = 1 + (nth % 30) * 10;
    const to = from + random.int(0, 9);
    return {
      name: 'read_file',
      json: JSON.stringify({ path: 'notes.txt', from_line: from, to_line: to }),
      // Besides the lines themselves one that names the file, and one that says how to go on.
      line: `[tool] read_file notes.txt from_line=${from} to_line=${to} → ${to - from + 3} lines`,
      isActivity: true,
    };
  },
  (nth) => {
    const shown = 1 + (nth % (BULK_FILES - 1));
    return {
      name: 'list_files',
      json: JSON.stringify({ path: 'bulk', max_results: shown }),
      line: `[tool] list_files bulk max_results=${shown} → ${shown + 1} lines`,
      isActivity: true,
    };
  },
  (nth) => {
    const pattern = `zebra-${two(nth % ZEBRAS)}`;
    return {
      name: 'search',
      json: JSON.stringify({ pattern, path: 'zoo' }),
      line: `[tool] search ${pattern} path="zoo" → 1 line`,
      isActivity: true,
    };
  },
];

/** Calls that fail, as models' calls do; the agent is told, and goes on. */
const FAILING: readonly [Kind, ...Kind[]] = [
  (nth) => ({
    name: 'read_file',
    json: JSON.stringify({ path: `missing-${nth}.txt` }),
    line: `[tool] read_file missing-${nth}.txt → failed: No such file or directory: missing-${nth}.txt. Call list_files to see what is there.`,
    isActivity: true,
  }),
  (nth) => ({
    name: 'no_such_tool',
    json: JSON.stringify({ nth }),
    line: `[tool] no_such_tool nth=${nth} → failed: There is no tool "no_such_tool". The tools are: list_files, read_file, search, ask.`,
    isActivity: false,
  }),
  (nth) => ({
    name: 'read_file',
    json: `{"path": "cut-${nth}`,
    line: `[tool] read_file → failed: The arguments of read_file are not valid JSON: {"path": "cut-${nth} Call it again, corrected.`,
    isActivity: true,
  }),
];

const FAILING_PERCENT = 15;

export function planCall(id: string, nth: number, random: Random): PlannedCall {
  const kind = random.pick(random.percent(FAILING_PERCENT) ? FAILING : FINDING);
  return { id, ...kind(nth, random) };
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
