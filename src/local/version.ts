/** Versions of the Temporal server: what a binary says of itself, and what wrote a database. */
import fs from 'node:fs';
import { type LocalPaths, writeFileAtomically } from './paths';

/** From `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`; a binary built by Go says 0.0.0-DEV of itself, so the server counts. */
export function parseServerVersion(output: string): string | undefined {
  return /\btemporal version\b.*\bServer (\d+\.\d+\.\d+)/i.exec(output)?.[1];
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) =>
    version.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** An older server does not migrate back: it would fail in the middle of its work, or damage what it does not know. */
export function refuseNewerDatabase(
  paths: LocalPaths,
  server: { path: string; version: string },
): string | undefined {
  const written = databaseVersion(paths);
  if (written === undefined || compareVersions(written, server.version) <= 0) return undefined;
  return (
    `The database ${paths.database} was written by Temporal server ${written}, ` +
    `but ${server.path} is the older ${server.version}. ` +
    `Either install a Temporal CLI with server ${written} or later (as "temporal" on the PATH, or configured as ` +
    'BGA_TEMPORAL_BINARY), or give up the agents kept there: move that file, and those beside it whose names start with ' +
    'the same "temporal.db", to another folder, and a new database is made.'
  );
}

export function databaseVersion(paths: LocalPaths): string | undefined {
  if (!fs.existsSync(paths.database)) return undefined;
  try {
    const text = fs.readFileSync(paths.databaseVersion, 'utf8').trim();
    return /^\d+\.\d+\.\d+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

export function recordDatabaseVersion(paths: LocalPaths, version: string): void {
  if (databaseVersion(paths) !== version) writeFileAtomically(paths.databaseVersion, `${version}\n`);
}
