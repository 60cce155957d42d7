import { posix } from 'node:path';
import { z } from 'zod';
import type { Entry } from './door';
import { Refusal } from './refusal';
import type { RipgrepEnd } from './ripgrep';
import { isSecretPath } from './secrets';
import { display } from './text';

/** Arguments that `list_files` and `search` share. */
const noNul = (text: string): boolean => !text.includes('\0');

export const pathField = (purpose: string) => z.string().min(1).max(4096).describe(purpose);

/** A string that becomes an argument of a process, which cannot hold a NUL. */
export const argumentField = (maxChars: number, purpose: string) =>
  z.string().min(1).max(maxChars).refine(noNul, 'must not contain a NUL character').describe(purpose);

export const globField = argumentField(
  1000,
  'Only files that match, in .gitignore syntax and relative to `path`: "*.ts", "src/**/*.{js,ts}", "!*.test.ts". It overrides .gitignore for what it matches.',
).optional();

export const includeIgnoredField = z
  .boolean()
  .default(false)
  .describe('Also look into what .gitignore and .ignore leave out.');

/** Where a call looked, as part of a sentence. */
export const placeName = (path: string): string => (path === '.' ? 'the workspace' : display(path));

/** The path of one ripgrep result relative to the workspace, or `undefined` when it must not be shown. */
export function resultPath(target: Entry, found: Buffer): string | Buffer | undefined {
  if (target.kind === 'file') return target.path;
  const below = found.subarray(found.indexOf('./') === 0 ? 2 : 0);
  if (isSecretPath(`${target.realPath}/${below}`)) return undefined;
  const prefix = target.path === '.' ? '' : `${target.path}/`;
  const whole = Buffer.concat([Buffer.from(prefix), below]);
  const text = whole.toString();
  return Buffer.from(text).equals(whole) ? posix.normalize(text) : whole;
}

/** Why a run ended before all was seen, as the start of a note; `undefined` when all was seen. */
export function incompleteReason(end: RipgrepEnd): string | undefined {
  switch (end.ended) {
    case 'aborted':
      return 'Stopped before the end, because the agent is being stopped.';
    case 'deadline':
      return `Stopped before the end, after the time allowed. ${WAY_OUT}`;
    case 'crashed':
      return `Stopped before the end, because a file took too much memory. ${WAY_OUT}`;
    case 'rejected':
      throw new Refusal(`ripgrep refused the arguments: ${end.message} Correct them and call again.`);
    default:
      return undefined;
  }
}

// An ignore file that is a FIFO or endless stops ripgrep at its directory: not reading any is the way past it.
const WAY_OUT =
  'Narrow it with path, or set include_ignored to true: a .gitignore that cannot be read may be the cause.';
