/** What an installation, or its undoing, would change: planned for all files before the first is touched. */
import { createTwoFilesPatch } from 'diff';
import { ConfigError } from '../config/error';
import type { Part } from './clients';
import { NO_TRACES, type Traces } from './edit';
import { digestOf, foldersToMake, followLinks, readText, removeText, splitBom, writeText } from './file';
import {
  changeBetween,
  type JournalRecord,
  readRecord,
  removeRecord,
  reversed,
  writeRecord,
} from './journal';

export interface Change {
  /** As the client names it, and where that leads. */
  file: string;
  real: string;
  before: string | undefined;
  /** Undefined: the file goes. */
  after: string | undefined;
  /** What is remembered when it is done; undefined: nothing more. */
  record: JournalRecord | undefined;
}

export function planInstall(parts: readonly Part[], stateDir: string): Change[] {
  return parts.map(({ file, edit }) => {
    const real = followLinks(file);
    const before = readText(real);
    const { bom, rest } = splitBom(before ?? '');
    const known = readRecord(stateDir, real);
    const { text, traces } = edit.put(rest);
    const after = `${bom}${text}`;
    const record = after === before ? known : recordOf({ real, before, after, traces, known });
    return { file, real, before, after, record };
  });
}

interface Written {
  real: string;
  before: string | undefined;
  after: string;
  traces: Traces;
  known: JournalRecord | undefined;
}

/** On top of an earlier installation it is still what was there before that one which counts, where it is known. */
function recordOf({ real, before, after, traces, known }: Written): JournalRecord {
  const earlier = before === undefined ? undefined : known;
  const original =
    before !== undefined && earlier
      ? originalOf(before, earlier)
      : { text: before, folders: foldersToMake(real) };
  return {
    file: real,
    digest: digestOf(after),
    traces: earlier ? { ...earlier.traces, made: [...earlier.traces.made, ...traces.made] } : traces,
    ...(original ? wayBack(original, after) : {}),
  };
}

interface Original {
  text: string | undefined;
  /** Made for the file. */
  folders: string[];
}

function wayBack({ text, folders }: Original, after: string): Pick<JournalRecord, 'change' | 'created'> {
  return text === undefined ? { created: { folders } } : { change: changeBetween(text, after) };
}

function originalOf(now: string, { digest, change, created }: JournalRecord): Original | undefined {
  if (created) return { text: undefined, folders: created.folders };
  return change && digest === digestOf(now) ? { text: reversed(now, change), folders: [] } : undefined;
}

export function planUndo(parts: readonly Part[], stateDir: string): Change[] {
  return parts.map(({ file, edit }) => {
    const real = followLinks(file);
    const before = readText(real);
    const nothing = { file, real, before, after: before, record: undefined };
    if (before === undefined) return nothing;
    const known = readRecord(stateDir, real);
    if (known && known.digest === digestOf(before)) {
      if (known.created) return { ...nothing, after: undefined };
      if (known.change) return { ...nothing, after: reversed(before, known.change) };
    }
    const { bom, rest } = splitBom(before);
    const text = edit.take(rest, known?.traces ?? NO_TRACES);
    const isBare = known?.created !== undefined && /^\s*(\{\s*\}\s*)?$/.test(text);
    return { ...nothing, after: isBare ? undefined : `${bom}${text}` };
  });
}

export function isChange({ before, after }: Change): boolean {
  return before !== after;
}

/** @throws ConfigError when somebody was quicker: clients write their files too, and a person may have thought for long. */
export function apply(changes: readonly Change[], stateDir: string): void {
  for (const change of changes) {
    const { real, before, after, record } = change;
    const folders = readRecord(stateDir, real)?.created?.folders ?? [];
    if (isChange(change) && readText(real) !== before)
      throw new ConfigError(`${real}: changed meanwhile. Nothing was written there; run it again.`);
    // First what is needed to undo it.
    if (record) writeRecord(stateDir, record);
    if (after === undefined) removeText(real, folders);
    else if (isChange(change)) writeText(real, after);
    if (!record) removeRecord(stateDir, real);
  }
}

const CONTEXT_LINES = 2;
const MOST_COLUMNS = 200;

export function diffOf({ file, before, after }: Change): string {
  const [old, now] = [before === undefined ? '/dev/null' : file, after === undefined ? '/dev/null' : file];
  const patch = createTwoFilesPatch(old, now, before ?? '', after ?? '', '', '', { context: CONTEXT_LINES });
  const lines = patch.split('\n').filter((line) => !/^(Index: |=====)/.test(line));
  // What is added or removed is shown whole: it may be a command that will run. What stays may be a file in one line.
  return lines
    .map((line) =>
      line.startsWith(' ') && line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)}…` : line,
    )
    .join('\n');
}
