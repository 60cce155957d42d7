/** The local Temporal service: a dev server and a worker, kept alive by a supervisor that outlives its caller. */

export { fingerprint, type ModelAccess } from './access';
export { cachedBinary, findBinary, resolveBinary, TEMPORAL_CLI_VERSION } from './binary';
export { type Check, type Inspection, inspectService, type LocalFacts } from './inspect';
export {
  type BinaryOptions,
  type LocalErrorCode,
  type LocalOptions,
  LocalServiceError,
  type Progress,
  type ProgressUpdate,
} from './options';
export type { Stopped } from './orphans';
export { cacheDirOf, type LocalPaths, localPaths, stateDirOf } from './paths';
export type { ServerBinary } from './probe';
export { judge } from './replace';
export { ensureService, type ReadyState, readService, readyService } from './service';
export type { ServiceState } from './state';
export { type StopReport, stopService } from './stop';
