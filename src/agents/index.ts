/** Everything one can do with agents: the MCP tools and the commands call these and hold no logic of their own. */
export type { AgentsContext } from './context';
export * from './defaults';
export { endSession } from './endSession';
export { UserError, type UserErrorKind } from './errors';
export { newSessionId } from './ids';
export * from './inputs';
export { kill } from './kill';
export { createLease, leaseMsOf } from './lease';
export { type ListRequest, list } from './list';
export { type OutputRequest, output } from './output';
export * from './results';
export { newSession, placesInMemory, type ReadingPlaces, type Session } from './session';
export { spawn } from './spawn';
export { type ForegroundOptions, spawnAndWait } from './spawnAndWait';
export type { SpawnRequest } from './spawnRequest';
export { status } from './status';
export { type WaitOptions, type WaitRequest, wait } from './wait';
