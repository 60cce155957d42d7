/** The door for callers: `ensureService` gives a local Temporal server and worker that answer, whatever was there before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveBinary } from './binary';
import { announceClient } from './clients';
import { diskFullText, freeBytesAt, isFull } from './disk';
import { troubleText } from './endings';
import { type Launch, launchSupervisor } from './launch';
import { lockHolder } from './lock';
import { tailLog } from './logs';
import { type LocalOptions, LocalServiceError, type Progress } from './options';
import { type LocalPaths, localPaths, makePrivateDir } from './paths';
import { isAlive } from './process';
import { readState, type ServiceState } from './state';
import { refuseNewerDatabase } from './version';

const POLL_MS = 25;
const TICK_MS = 2_000;
const START_TIMEOUT_MS = 90_000;
/** A supervisor that dies without a word is started again, but not for ever. */
const MAX_LAUNCHES = 3;

export interface ReadyState extends ServiceState {
  state: 'ready';
  address: string;
  uiUrl: string;
}

/** What the supervisor says, if it is alive to say it. */
export function readService(stateDir: string): ServiceState | undefined {
  const state = readState(localPaths(stateDir));
  return state && isAlive(state.supervisor) ? state : undefined;
}

/** The state when all of it is up, within a millisecond; nothing is asked over the network. */
export function readyService(stateDir: string): ReadyState | undefined {
  const state = readService(stateDir);
  if (state?.state !== 'ready' || !state.server || !isAlive(state.server)) return undefined;
  const { address, uiUrl } = state;
  return address === undefined || uiUrl === undefined
    ? undefined
    : { ...state, state: 'ready', address, uiUrl };
}

/** Any number of callers may do this at the same instant: one supervisor wins, and all of them get its state. */
export async function ensureService(options: LocalOptions, progress: Progress): Promise<ReadyState> {
  makePrivateDir(options.stateDir);
  const paths = localPaths(options.stateDir);
  refuseFullDisk(paths);
  announceClient(paths);
  const ready = readyService(options.stateDir);
  if (ready) return ready;
  makePrivateDir(paths.logsDir);

  const launches: Launch[] = [];
  let wait = startWaiting(options, progress);
  for (;;) {
    const state = readyService(options.stateDir);
    if (state) return state;
    refuseFullDisk(paths);
    const launch = launches.at(-1);
    refuseFailure(paths, launch, wait.sinceMs);
    // Nobody is on it: not the one that this call launched, nor anybody else's.
    if (launch?.exitCode() !== undefined || !launch) {
      if (!lockHolder(paths.lockDir)) {
        if (launches.length >= MAX_LAUNCHES)
          throw startFailed(paths, 'The supervisor keeps ending by itself.');
        launches.push(await launchNew(options, paths, progress));
        wait = startWaiting(options, progress);
      }
    }
    wait.tick(readService(options.stateDir));
    if (wait.isOver()) throw overdue(paths, wait.timeoutMs);
    await sleep(POLL_MS);
  }
}

async function launchNew(options: LocalOptions, paths: LocalPaths, progress: Progress): Promise<Launch> {
  const binary = await resolveBinary(options, progress);
  const refusal = refuseNewerDatabase(paths, binary);
  if (refusal !== undefined) throw new LocalServiceError('newer_database', refusal);
  return launchSupervisor(options, paths, binary);
}

function startWaiting(options: LocalOptions, progress: Progress) {
  const sinceMs = Date.now();
  const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
  let said = { text: '', atMs: sinceMs };
  return {
    sinceMs,
    timeoutMs,
    isOver: () => Date.now() - sinceMs > timeoutMs,
    /** Says a new step at once, and that it still lasts every two seconds. */
    tick: (state: ServiceState | undefined) => {
      const nowMs = Date.now();
      const text = stepText(state);
      if (text === said.text && nowMs - said.atMs < TICK_MS) return;
      said = { text, atMs: nowMs };
      progress({ text, elapsedSeconds: Math.round((nowMs - sinceMs) / 1000) });
    },
  };
}

function stepText(state: ServiceState | undefined): string {
  if (state?.state === 'stopping') return 'waiting for the previous local service to stop';
  const told = troubleText(state?.endings, Date.now());
  const trouble = told === undefined ? '' : `; ${told}`;
  if (state?.state === 'restarting') return `waiting for the local service to recover${trouble}`;
  if (state?.address !== undefined) return `starting the worker${trouble}`;
  return `starting the local Temporal server${trouble}`;
}

/** Nothing could be started, and what runs can do nothing; waiting would look like a hang. */
function refuseFullDisk(paths: LocalPaths): void {
  const running = readService(paths.stateDir);
  if (running?.state !== 'disk_full' && !isFull(freeBytesAt(paths.stateDir), false)) return;
  const next = running ? 'everything goes on by itself' : 'then run the same command again';
  const text = `${diskFullText(paths.stateDir)}. Free some space; ${next}. No agent is lost.`;
  throw new LocalServiceError('disk_full', text);
}

/** A failure counts when it happened on this call's watch; an older one is what this call is about to mend. */
function refuseFailure(paths: LocalPaths, launch: Launch | undefined, sinceMs: number): void {
  const state = readState(paths);
  if (state?.state === 'failed' && (state.lastError?.atMs ?? 0) >= sinceMs) {
    throw startFailed(paths, state.lastError?.message ?? 'No reason was given.');
  }
  const exitCode = launch?.exitCode();
  if (exitCode === undefined || exitCode === 0) return;
  throw startFailed(paths, `The supervisor ended with code ${exitCode}:\n${tailLog(paths.supervisorLog)}`);
}

function startFailed(paths: LocalPaths, why: string): LocalServiceError {
  const text = `The local Temporal service could not be started. ${why}\nAll logs are in ${paths.logsDir}.`;
  return new LocalServiceError('start_failed', text, paths.supervisorLog);
}

function overdue(paths: LocalPaths, timeoutMs: number): LocalServiceError {
  const state = readState(paths);
  const why = state?.lastError?.message ?? tailLog(paths.supervisorLog);
  const text =
    `The local Temporal service was not ready within ${Math.round(timeoutMs / 1000)} s ` +
    `(it is ${state?.state ?? 'not running'}). ${why}\nAll logs are in ${paths.logsDir}. ` +
    'To begin anew: bga down, then the same command again.';
  return new LocalServiceError('start_timeout', text, paths.supervisorLog);
}
