/** Everything one can do with agents: the MCP tools and the commands call these and hold no logic of their own. */
export type { AgentsContext } from './context';
export { endSession } from './endSession';
export { UserError, type UserErrorKind } from './errors';
export { newSessionId } from './ids';
export * from './inputs';
export { kill } from './kill';
export { DEFAULT_LIMIT, type ListRequest, list } from './list';
export { DEFAULT_MAX_CHARS, MOST_MAX_CHARS, type OutputRequest, output } from './output';
export * from './results';
export { newSession, placesInMemory, type ReadingPlaces, type Session } from './session';
export { spawn } from './spawn';
export { FOREGROUND_MS, spawnAndWait } from './spawnAndWait';
export type { SpawnRequest } from './spawnRequest';
export { status } from './status';
export { DEFAULT_WAIT_MS, type WaitOptions, type WaitRequest, wait } from './wait';
