/** Looks after what nobody tells the supervisor of: its lock, its word on the disk, the disk itself, the size of its logs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskWatch } from './diskWatch';
import type { Lock } from './lock';
import { log } from './log';
import { trimLog } from './logs';
import type { Context } from './parts';
import type { LocalPaths } from './paths';

/** Some calls of the file system each: nothing that could be felt. */
const PAUSE_MS = 1_000;
/** A log that has just been cut may be in full flood. */
const FLOOD_PAUSE_MS = 50;

/** Resolves with the signal, or when the lock is lost. */
export async function watch(
  { board, config, paths, stop }: Context,
  lock: Lock,
  disk: DiskWatch,
): Promise<void> {
  let pauseMs = PAUSE_MS;
  while (!stop.aborted) {
    await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined);
    // Whoever removes the folder removes the lock with it; two supervisors must not fight over one home.
    if (!lock.isIntact()) return;
    try {
      board.mend();
      disk.look();
      pauseMs = trimLogs(paths, config.maxLogBytes) ? FLOOD_PAUSE_MS : Math.min(2 * pauseMs, PAUSE_MS);
    } catch (error) {
      // What keeps agents alive does not end over a log.
      log(`cannot look after disk and logs: ${String(error)}`);
    }
  }
}

/** Whether any was cut. */
export function trimLogs(paths: LocalPaths, maxBytes: number | undefined): boolean {
  const { supervisorLog, serverLog, workerLog } = paths;
  return [supervisorLog, serverLog, workerLog].map((file) => trimLog(file, maxBytes)).includes(true);
}
