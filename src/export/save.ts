/** Files with what agents read and wrote: for their owner alone, and never half written. */
import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../agents/errors';

/** @throws UserError when it cannot be written; what was there before is then still there. */
export function save(path: string, text: string): void {
  const temporary = `${path}.${randomUUID()}`;
  try {
    // Root could put a file in the place of /dev/null. A link is replaced, wherever it leads.
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there && !there.isFile() && !there.isSymbolicLink()) throw new Error('it is no file');
    mkdirSync(dirname(path), { recursive: true });
    // On the disk before anything is deleted that it was made from.
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError('invalid', `${path} cannot be written (${why}). Give another path.`, {
      cause: error,
    });
  }
}
