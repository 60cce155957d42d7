/** The door for callers: `ensureService` gives a local Temporal server and worker that answer, whatever was there before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveBinary } from './binary';
import { announceClient } from './clients';
import { diskFullText, freeBytesAt, isFull } from './disk';
import { type Launch, launchSupervisor } from './launch';
import { lockHolder } from './lock';
import { tailLog } from './logs';
import { type LocalOptions, LocalServiceError, type Progress } from './options';
import { type LocalPaths, localPaths, makePrivateDir } from './paths';
import type { ServerBinary } from './probe';
import { isAlive } from './process';
import { judge, replaceService } from './replace';
import { type Reason, replacedText } from './replacement';
import { readState, type ServiceState } from './state';
import { firstSteps, numbered, type Step, stepOf, ticker } from './steps';
import { forgetSuperseded } from './superseded';
import { refuseNewerDatabase } from './version';

const POLL_MS = 25;
const START_TIMEOUT_MS = 90_000;
/** A supervisor that dies without a word is started again, but not for ever. */
const MAX_LAUNCHES = 3;

export interface ReadyState extends ServiceState {
  state: 'ready';
  address: string;
  uiUrl: string;
  /** What this caller should tell a person once: that the service was restarted, or left as it is, and why. */
  remarks: string[];
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
    : { ...state, state: 'ready', address, uiUrl, remarks: [] };
}

/** Any number of callers may do this at the same instant: one supervisor wins, and all of them get its state. */
export async function ensureService(options: LocalOptions, onProgress: Progress): Promise<ReadyState> {
  makePrivateDir(options.stateDir);
  const paths = localPaths(options.stateDir);
  refuseFullDisk(paths);
  announceClient(paths);
  const ready = asWanted(options, paths);
  if (ready) return ready;
  makePrivateDir(paths.logsDir);
  return start(options, paths, numbered(firstSteps(options), onProgress));
}

async function start(options: LocalOptions, paths: LocalPaths, progress: Progress): Promise<ReadyState> {
  const launches: Launch[] = [];
  let replaced: Reason | undefined;
  let wait = startWaiting(options, progress);
  for (;;) {
    // What this call has started itself is as it wants it.
    const wanted: LocalOptions = launches.length > 0 ? { ...options, replace: 'never' } : options;
    const state = asWanted(wanted, paths);
    if (state) return replaced ? { ...state, remarks: [replacedText(replaced)] } : state;
    refuseFullDisk(paths);
    refuseFailure(paths, launches.at(-1), wait.sinceMs);
    const move = nextMove(wanted, paths, launches.at(-1));
    replaced = move.replace ?? replaced;
    if (move.kind === 'wait') wait.tick(move.step);
    else {
      if (launches.length >= MAX_LAUNCHES) throw startFailed(paths, 'The supervisor keeps ending by itself.');
      const binary = await usableBinary(options, paths, progress, binaryToKeep(paths, move.replace));
      // A service that is started anew is its starter's; what was settled about the last one is over.
      if (move.kind === 'launch') forgetSuperseded(paths);
      const launch =
        move.kind === 'launch'
          ? launchSupervisor(options, paths, binary)
          : await replaceService(options, paths, binary, progress);
      if (launch) launches.push(launch);
      wait = startWaiting(options, progress);
    }
    if (wait.isOver()) throw overdue(paths, wait.timeoutMs);
    await sleep(POLL_MS);
  }
}

type Move =
  | { kind: 'wait'; step: Step; replace?: Reason }
  | { kind: 'replace'; replace: Reason }
  | { kind: 'launch'; replace?: undefined };

function nextMove(options: LocalOptions, paths: LocalPaths, launch: Launch | undefined): Move {
  const running = readService(options.stateDir);
  const { replace } = running ? judge(running, options, paths) : {};
  const replacer = lockHolder(paths.replacingDir);
  if (replacer) {
    const text = `waiting for process ${replacer.pid}, which restarts the local service`;
    return { kind: 'wait', step: { kind: 'replace', text }, ...(replace ? { replace } : {}) };
  }
  if (replace) return { kind: 'replace', replace };
  // Nobody is on it: not the one that this call launched, nor anybody else's.
  const isOurs = launch !== undefined && launch.exitCode() === undefined;
  return isOurs || lockHolder(paths.lockDir) ? { kind: 'wait', step: stepOf(running) } : { kind: 'launch' };
}

/** What answers, if this caller need not put another in its place. */
function asWanted(options: LocalOptions, paths: LocalPaths): ReadyState | undefined {
  const ready = readyService(options.stateDir);
  if (!ready) return undefined;
  const verdict = judge(ready, options, paths);
  if (verdict.replace) return undefined;
  return { ...ready, remarks: verdict.remark ? [verdict.remark.text] : [] };
}

async function usableBinary(
  options: LocalOptions,
  paths: LocalPaths,
  progress: Progress,
  running: string | undefined,
): Promise<ServerBinary> {
  const binary = await resolveBinary(options, progress, running);
  const refusal = refuseNewerDatabase(paths, binary);
  if (refusal !== undefined) throw new LocalServiceError('newer_database', refusal);
  return binary;
}

/** An upgrade brings its own. */
function binaryToKeep(paths: LocalPaths, replace: Reason | undefined): string | undefined {
  return replace === undefined || replace.why === 'version' ? undefined : readState(paths)?.binary;
}

function startWaiting(options: LocalOptions, progress: Progress) {
  const sinceMs = Date.now();
  const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
  const tick = ticker(progress);
  return { sinceMs, timeoutMs, tick, isOver: () => Date.now() - sinceMs > timeoutMs };
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
