/**
 * A database that is being made. A server that is killed meanwhile, or a machine that goes down, leaves one that lacks tables, which
 * no server completes; nothing is in it yet, so another is made. A mark beside it says so until a server has answered.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { LocalPaths } from './paths';

/** SQLite's own, which belong to it. */
const COMPANIONS = ['', '-wal', '-shm'];

/** Before a server starts. What a person should know, if there was half a database: it is put aside, whatever it may be. */
export function beginDatabase({ database }: LocalPaths): string | undefined {
  const mark = markOf(database);
  const isHalf = fs.existsSync(mark) && fs.existsSync(database);
  const aside = `${database}.unfinished`;
  if (isHalf)
    for (const end of COMPANIONS) {
      fs.rmSync(`${aside}${end}`, { force: true });
      if (fs.existsSync(`${database}${end}`)) fs.renameSync(`${database}${end}`, `${aside}${end}`);
    }
  if (!fs.existsSync(database)) fs.writeFileSync(mark, '', { mode: 0o600 });
  return isHalf
    ? `The making of the database had been interrupted; it was made anew, and what was there is ${path.basename(aside)}.`
    : undefined;
}

/** A server has answered, and its namespace is there. */
export function databaseIsMade({ database }: LocalPaths): void {
  fs.rmSync(markOf(database), { force: true });
}

function markOf(database: string): string {
  return `${database}.making`;
}
