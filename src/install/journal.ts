/** What was done to each file, kept so that it can be taken back to the byte: a small file for each, in our own folder. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../workflows/contract';
import { shortHash } from '../agents/ids';
import { makePrivateDir, writeFileAtomically } from '../local/paths';

const json: z.ZodType<Json> = z.json();
const record = z.object({
  file: z.string(),
  /** Of the text that was written. While it is that, the one before can be restored. */
  digest: z.string(),
  /** From there on, so many characters take the place of `was`. */
  change: z.object({ offset: z.number(), length: z.number(), was: z.string() }).exactOptional(),
  /** There was no file; these folders were made for it. */
  created: z.object({ folders: z.array(z.string()) }).exactOptional(),
  traces: z.object({ made: z.array(z.array(z.string())), before: json.exactOptional() }),
});
export type JournalRecord = z.infer<typeof record>;

const pathOf = (stateDir: string, file: string) => join(stateDir, 'installed', `${shortHash(file)}.json`);

/** Undefined where nothing is known, or nothing that makes sense. */
export function readRecord(stateDir: string, file: string): JournalRecord | undefined {
  try {
    return record.safeParse(JSON.parse(readFileSync(pathOf(stateDir, file), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

export function writeRecord(stateDir: string, entry: JournalRecord): void {
  makePrivateDir(join(stateDir, 'installed'));
  writeFileAtomically(pathOf(stateDir, entry.file), `${JSON.stringify(entry)}\n`);
}

export function removeRecord(stateDir: string, file: string): void {
  rmSync(pathOf(stateDir, file), { force: true });
}

/** The one stretch in which two texts differ. */
export function changeBetween(before: string, after: string): NonNullable<JournalRecord['change']> {
  const most = Math.min(before.length, after.length);
  let offset = 0;
  while (offset < most && before[offset] === after[offset]) offset += 1;
  let end = 0;
  while (end < most - offset && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { offset, length: after.length - end - offset, was: before.slice(offset, before.length - end) };
}

export function reversed(
  text: string,
  { offset, length, was }: NonNullable<JournalRecord['change']>,
): string {
  return text.slice(0, offset) + was + text.slice(offset + length);
}
