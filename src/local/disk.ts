/** Whether there is space left for what the service writes: the supervisor and its callers judge by the same figures. */
import fs from 'node:fs';
import path from 'node:path';

const MB = 1_000_000;
/** Temporal's database needs some megabytes for its next steps. */
const FULL_BELOW_BYTES = 4 * MB;
/** Once full, it takes more than a few bytes to go on: otherwise it would be full again at once. */
const FREE_ABOVE_BYTES = 16 * MB;
const PROBE_BYTES = 256 * 1024;

/** Undefined where there is no such folder, and on file systems that do not tell. */
export function freeBytesAt(dir: string): number | undefined {
  try {
    const { bavail, bsize, blocks } = fs.statfsSync(dir);
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    return undefined;
  }
}

export function isFull(freeBytes: number | undefined, wasFull: boolean): boolean {
  return freeBytes !== undefined && freeBytes < (wasFull ? FREE_ABOVE_BYTES : FULL_BELOW_BYTES);
}

export function diskFullText(dir: string): string {
  const freeMb = (freeBytesAt(dir) ?? 0) / MB;
  return `disk full: ${freeMb.toFixed(1)} MB free at ${dir}, ${FREE_ABOVE_BYTES / MB} MB are needed`;
}

/** A quota, or a file system without inodes, refuses writes where there seems to be space: only writing tells. */
export function refusesWrites(dir: string): boolean {
  const file = path.join(dir, `space.${process.pid}.tmp`);
  try {
    fs.writeFileSync(file, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
    return false;
  } catch (error) {
    return isNoSpace(error);
  } finally {
    fs.rmSync(file, { force: true });
  }
}

export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** As SQLite, Node and the system put it. */
export function tellsOfFullDisk(log: string): boolean {
  return /database or disk is full|no space left on device|disk quota exceeded|\bE(NOSPC|DQUOT)\b/i.test(log);
}
