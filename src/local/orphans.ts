/** What a supervisor that was killed left running. An old server would keep the database and the port. */
import type { LocalPaths } from './paths';
import { findByArgument, isAlive, type ProcessRef, type StopResult, stopProcess } from './process';
import { serverMark } from './server';
import type { ServiceState } from './state';

/** A worker gets this long to hand back what its agents have, a server to close its database. */
export const STOP_GRACE_MS = 10_000;

type Part = 'supervisor' | 'server' | 'worker';
export interface Stopped {
  what: Part;
  pid: number;
  how: StopResult;
}

export async function stopOrphans(paths: LocalPaths, previous: ServiceState | undefined): Promise<Stopped[]> {
  const workers = await stopAll('worker', previous?.workers ?? []);
  const servers = await stopAll('server', orphanedServers(paths, previous));
  return [...workers, ...servers];
}

/** Those that were written down, and those that were started an instant before their supervisor was killed. */
function orphanedServers(paths: LocalPaths, previous: ServiceState | undefined): ProcessRef[] {
  const recorded = previous?.server ? [previous.server] : [];
  const marked = findByArgument(serverMark(paths.stateDir));
  return [...recorded, ...marked.filter(({ pid }) => pid !== recorded[0]?.pid)];
}

async function stopAll(what: Part, refs: ProcessRef[]): Promise<Stopped[]> {
  const living = refs.filter(isAlive);
  return Promise.all(
    living.map(async (ref) => ({ what, pid: ref.pid, how: await stopProcess(ref, STOP_GRACE_MS) })),
  );
}
