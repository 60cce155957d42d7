/** `bga down`: afterwards no process, no lock and no state file of the local service is left. */
import { clientsOf } from './clients';
import { lockHolder, tryLock } from './lock';
import { STOP_GRACE_MS, type Stopped, stopOrphans } from './orphans';
import { type LocalPaths, localPaths } from './paths';
import { isAlive, type ProcessRef, stopProcess } from './process';
import { readState, removeState, type ServiceState } from './state';
import { forgetSuperseded } from './superseded';
import { sweepUnfinished } from './unfinished';

/** The supervisor stops its worker, then its server, each with a grace period. */
export const SUPERVISOR_GRACE_MS = 2 * STOP_GRACE_MS + 5_000;

export interface StopReport {
  /** Empty: nothing was running. */
  stopped: Stopped[];
  text: string;
}

/** @param cacheDir where a caller may have been interrupted while it fetched the server */
export async function stopService(stateDir: string, cacheDir?: string): Promise<StopReport> {
  if (cacheDir !== undefined) sweepUnfinished(cacheDir);
  const paths = localPaths(stateDir);
  const before = readState(paths);
  const stopped = [...(await stopSupervisor(paths, before)), ...(await stopRest(paths))];
  return { stopped, text: reportText(stopped) };
}

async function stopSupervisor(paths: LocalPaths, before: ServiceState | undefined): Promise<Stopped[]> {
  const supervisor = lockHolder(paths.lockDir);
  if (!supervisor) return [];
  const children = [
    ...describe('worker', before?.workers ?? []),
    ...describe('server', before?.server ? [before.server] : []),
  ];
  const how = await stopProcess(supervisor, SUPERVISOR_GRACE_MS);
  // Those that the supervisor took with it; whatever it left behind comes next.
  const withIt = children
    .filter(({ ref }) => !isAlive(ref))
    .map(({ what, ref }) => ({ what, pid: ref.pid, how }));
  return [...withIt, { what: 'supervisor', pid: supervisor.pid, how }];
}

/** Under the lock, so that nothing of a supervisor that somebody else starts in this moment is mistaken for an orphan. */
async function stopRest(paths: LocalPaths): Promise<Stopped[]> {
  const lock = await tryLock(paths.lockDir).catch(() => undefined);
  if (!lock?.held) return [];
  try {
    const orphans = await stopOrphans(paths, readState(paths));
    removeState(paths);
    forgetSuperseded(paths);
    // What callers left that were killed goes as it is looked at.
    lockHolder(paths.replacingDir);
    clientsOf(paths);
    return orphans;
  } finally {
    lock.release();
  }
}

function describe(what: 'worker' | 'server', refs: ProcessRef[]) {
  return refs.filter(isAlive).map((ref) => ({ what, ref }));
}

function reportText(stopped: Stopped[]): string {
  if (stopped.length === 0) return 'The local service was not running.';
  const parts = stopped.map(
    ({ what, pid, how }) => `${what} ${pid}${how === 'terminated' ? '' : ` (${how})`}`,
  );
  return `Stopped: ${parts.join(', ')}.`;
}
