/** The accesses that another one has taken the place of, by their ids; as private as the state file. */
import fs from 'node:fs';
import { z } from 'zod';
import { accessId, type ModelAccess } from './access';
import { type LocalPaths, writeFileAtomically } from './paths';

const ids = z.array(z.string());
/** More environments than anybody has. */
const KEPT = 50;

export function readSuperseded(paths: LocalPaths): string[] {
  try {
    return ids.parse(JSON.parse(fs.readFileSync(paths.supersededFile, 'utf8')));
  } catch {
    return [];
  }
}

/** Pure: what was current counts as superseded, what takes its place no longer. */
export function supersede(
  superseded: readonly string[],
  before: ModelAccess | undefined,
  next: ModelAccess,
): string[] {
  const all = before ? [...superseded, accessId(before)] : superseded;
  return [...new Set(all)].filter((id) => id !== accessId(next)).slice(-KEPT);
}

export function recordSuperseded(paths: LocalPaths, superseded: readonly string[]): void {
  writeFileAtomically(paths.supersededFile, `${JSON.stringify(superseded)}\n`);
}

export function forgetSuperseded(paths: LocalPaths): void {
  fs.rmSync(paths.supersededFile, { force: true });
}
