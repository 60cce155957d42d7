/** Puts another service in the place of the one that runs: agents stay in the database, and go on with the next worker. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Launch, launchSupervisor } from './launch';
import { lockHolder, tryLock } from './lock';
import type { LocalOptions, Progress } from './options';
import type { LocalPaths } from './paths';
import type { ServerBinary } from './probe';
import { isAlive, stopProcess } from './process';
import { type Verdict, verdictOn } from './replacement';
import { readState, type ServiceState } from './state';
import { stopStepOf, ticker } from './steps';
import { SUPERVISOR_GRACE_MS } from './stop';
import { readSuperseded, recordSuperseded, supersede } from './superseded';

const POLL_MS = 25;

/** The pure verdict over what the disk says now. */
export function judge(running: ServiceState, options: LocalOptions, paths: LocalPaths): Verdict {
  return verdictOn(running, options.wanted ?? {}, {
    missing: (running.installation ?? []).filter((file) => !fs.existsSync(file)),
    superseded: readSuperseded(paths),
    replace: options.replace ?? 'once',
  });
}

/**
 * Undefined when another caller is at it, or has done it: of any number that want it, one does. The binary is there
 * before anything is stopped, so that nobody is without a service while it is fetched.
 */
export async function replaceService(
  options: LocalOptions,
  paths: LocalPaths,
  binary: ServerBinary,
  progress: Progress,
): Promise<Launch | undefined> {
  const lock = await tryLock(paths.replacingDir);
  if (!lock.held) return undefined;
  try {
    const running = readState(paths);
    if (!running || !isAlive(running.supervisor)) return undefined;
    const { replace } = judge(running, options, paths);
    if (!replace) return undefined;
    progress({ kind: 'replace', text: replace.text, elapsedSeconds: 0 });
    await drain(running, paths, progress);
    const { access } = options.wanted ?? {};
    if (access && replace.why === 'access')
      recordSuperseded(paths, supersede(readSuperseded(paths), running.access, access));
    const launch = launchSupervisor(options, paths, binary, { atMs: Date.now(), why: replace.why });
    // Until it holds the service's own lock, somebody else could start another beside it.
    while (!lockHolder(paths.lockDir) && launch.exitCode() === undefined) await sleep(POLL_MS);
    return launch;
  } finally {
    lock.release();
  }
}

async function drain(
  { supervisor, version }: ServiceState,
  paths: LocalPaths,
  progress: Progress,
): Promise<void> {
  const say = ticker(progress);
  const tick = () => say({ kind: 'replace', text: stopStepOf(readState(paths), version) });
  tick();
  const timer = setInterval(tick, 4 * POLL_MS);
  try {
    await stopProcess(supervisor, SUPERVISOR_GRACE_MS);
  } finally {
    clearInterval(timer);
  }
}
