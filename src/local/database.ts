/** What makes the database unusable, in words that lead out of it. */
import fs from 'node:fs';
import path from 'node:path';
import type { LocalPaths } from './paths';
import { refuseNewerDatabase } from './version';

const SQLITE_HEADER = 'SQLite format 3\0';

/** Before a server tries: it would fail with less to go by, or damage what it does not know. */
export function refuseDatabase(
  paths: LocalPaths,
  server: { path: string; version: string },
): string | undefined {
  return refuseOtherFile(paths) ?? refuseNewerDatabase(paths, server);
}

/** An empty file is a database that nothing was written to yet. */
function refuseOtherFile(paths: LocalPaths): string | undefined {
  const header = firstBytes(paths.database, SQLITE_HEADER.length);
  if (header === '' || header === SQLITE_HEADER) return undefined;
  return `The file ${paths.database} is not a database of Temporal's. ${wayOut(paths)}`;
}

/** What a server's last words say of its database. */
export function explainDatabase(paths: LocalPaths, logEnd: string): string | undefined {
  if (/malformed|file is not a database|disk I\/O error/i.test(logEnd))
    return `The database ${paths.database} is damaged. ${wayOut(paths)}`;
  if (/database is locked/i.test(logEnd))
    return `The database ${paths.database} is in use by another program. End that program; then it goes on by itself.`;
  return undefined;
}

function wayOut({ database }: LocalPaths): string {
  return (
    'Put a copy of it from a backup in its place, or give up the agents kept there: move that file, and those beside it ' +
    `whose names start with the same "${path.basename(database)}", to another folder, and a new database is made.`
  );
}

function firstBytes(file: string, length: number): string {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, 'r');
    const buffer = Buffer.alloc(length);
    return buffer.toString('latin1', 0, fs.readSync(descriptor, buffer, 0, length, 0));
  } catch {
    return '';
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}
