/** What the local service is told. Reading the configuration is done elsewhere; this folder reads no setting by itself. */
import type { LogSettings } from '../log/log';
import type { SearchAttributeType } from '../namespace/plan';
import type { Circumstances, Wanted } from './replacement';

export interface BinaryOptions {
  /** The tool's own cache of Temporal binaries: shared by all installations of a user. */
  cacheDir: string;
  /** Configured path of the `temporal` binary; wins over everything and is never replaced silently. */
  serverBinary?: string;
  env: NodeJS.ProcessEnv;
}

export interface LocalOptions extends BinaryOptions {
  /** Everything that this service writes is below it; see `stateDirOf`. */
  stateDir: string;
  /** Program and arguments of the worker; it reports `{ type: 'ready', provider, pid }` over its IPC channel. */
  workerCommand: string[];
  namespace: string;
  searchAttributes: Record<string, SearchAttributeType>;
  /** How long results are kept. */
  retentionDays?: number;
  /** Bound on each log file. */
  maxLogBytes?: number;
  /** How the supervisor writes its own log; default: text. */
  log?: LogSettings;
  /** Without a client and an agent for so long, the service stops by itself; default: never. */
  idleStopMs?: number;
  /** What the caller would start, to be compared with what runs. */
  wanted?: Wanted;
  /** Files of this package without which the worker cannot be started again. */
  installation?: string[];
  /** When a service that differs from `wanted` is replaced; default: once. See `verdictOn`. */
  replace?: Circumstances['replace'];
  /** First choices; when one is taken the next free one is used, and that is said in the state's notes. */
  preferredPort?: number;
  preferredUiPort?: number;
  /** From the start of the supervisor, once the binary is there, until everything answers. */
  startTimeoutMs?: number;
  /** The compiled `supervisor-main.js`; tests that run from sources name it. */
  supervisorScript?: string;
}

/** Those of `SLOW_STEPS` take minutes: no caller should wait for them who cannot show that they go on. */
export type StepKind = 'download' | 'build' | 'await_fetch' | 'replace' | 'server' | 'worker';
export const SLOW_STEPS: readonly StepKind[] = ['download', 'build', 'await_fetch'];

/** A step of what takes longer than a second. `elapsedSeconds` counts from the start of the step. */
export interface ProgressUpdate {
  kind: StepKind;
  text: string;
  elapsedSeconds: number;
}
export type Progress = (update: ProgressUpdate) => void;

export type LocalErrorCode =
  | 'bad_folder'
  | 'no_binary'
  | 'bad_binary'
  | 'newer_database'
  | 'disk_full'
  | 'start_failed'
  | 'start_timeout';

/** Something a person must read: the message names what is wrong and what to do. */
export class LocalServiceError extends Error {
  override readonly name = 'LocalServiceError';
  constructor(
    readonly code: LocalErrorCode,
    message: string,
    readonly logFile?: string,
  ) {
    super(message);
  }
}
