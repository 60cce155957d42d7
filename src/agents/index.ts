/** Everything one can do with agents: the MCP tools and the commands call these and hold no logic of their own. */
export * from './defaults';
export { endSession } from './endSession';
export { newSessionId } from './ids';
export * from './inputs';
export { kill } from './kill';
export { createLease, leaseMsOf } from './lease';
export { list } from './list';
export { type OutputRequest, output } from './output';
export * from './results';
export { resume, resumeAll } from './resume';
export { newSession } from './session';
export { spawn } from './spawn';
export { spawnAndWait } from './spawnAndWait';
export type { SpawnRequest } from './spawnRequest';
export { status } from './status';
export { type WaitRequest, wait } from './wait';
