/** What a caller leaves in the cache that is interrupted while it fetches the server. */
import fs from 'node:fs';
import path from 'node:path';
import { lockHolder } from './lock';
import { namesIn } from './paths';
import { isAlive, type ProcessRef } from './process';

const PREFIX = 'fetching-';
const FETCHING = new RegExp(`^${PREFIX}(\\d+)@(.+)$`);

/** Where this process fetches to; named after it, so that others can tell when it is nobody's any more. */
export function fetchingDir(cacheDir: string, { pid, started }: ProcessRef): string {
  return path.join(cacheDir, `${PREFIX}${pid}@${started}`);
}

/** Removes the folders and locks of processes that have ended; a living one's stay. */
export function sweepUnfinished(cacheDir: string): void {
  for (const name of namesIn(cacheDir)) {
    const file = path.join(cacheDir, name);
    // Looking at a lock removes the claims of the dead.
    if (name.endsWith('.lock')) lockHolder(file);
    const [, pid, started] = FETCHING.exec(name) ?? [];
    if (pid && started && !isAlive({ pid: Number(pid), started }))
      fs.rmSync(file, { recursive: true, force: true });
  }
}
