/** What the local service is told. Reading the configuration is done elsewhere; this folder reads no setting by itself. */

export const SEARCH_ATTRIBUTE_TYPES = [
  'Text',
  'Keyword',
  'Int',
  'Double',
  'Bool',
  'Datetime',
  'KeywordList',
] as const;
export type SearchAttributeType = (typeof SEARCH_ATTRIBUTE_TYPES)[number];

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
  /** Version of this package, recorded so that an upgrade can be noticed. */
  version?: string;
  /** Bound on each log file. */
  maxLogBytes?: number;
  /** Without a client and an agent for so long, the service stops by itself; default: never. */
  idleStopMs?: number;
  /** First choices; when one is taken the next free one is used, and that is said in the state's notes. */
  preferredPort?: number;
  preferredUiPort?: number;
  /** From the start of the supervisor, once the binary is there, until everything answers. */
  startTimeoutMs?: number;
  /** The compiled `supervisor-main.js`; tests that run from sources name it. */
  supervisorScript?: string;
}

/** A step of what takes longer than a second. `elapsedSeconds` counts from the start of the step. */
export interface ProgressUpdate {
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
