/** What `import … from 'background-agents'` gives a program: the MCP tools as functions, with the same names and shapes. */
import type { z } from 'zod';
import type {
  killInput,
  listInput,
  outputInput,
  sendInput,
  spawnInput,
  spawnManyInput,
  statusInput,
  waitInput,
} from './agents/inputs';
import type {
  KillResult,
  ListResult,
  OutputResult,
  SendResult,
  SpawnManyResult,
  SpawnResult,
  StatusResult,
  WaitResult,
} from './agents/results';

export { UserError, type UserErrorKind } from './agents/errors';
export { ConfigError } from './config/error';
export type {
  KillResult,
  ListResult,
  OutputResult,
  SendResult,
  SpawnManyResult,
  SpawnResult,
  StatusResult,
  WaitResult,
};

export type SpawnRequest = Omit<z.input<typeof spawnInput>, 'background'>;
export type SpawnManyRequest = z.input<typeof spawnManyInput>;
export type StatusRequest = z.input<typeof statusInput>;
export type OutputRequest = z.input<typeof outputInput>;
export type WaitRequest = z.input<typeof waitInput>;
export type SendRequest = z.input<typeof sendInput>;
export type KillRequest = z.input<typeof killInput>;
export type ListRequest = z.input<typeof listInput>;

export interface ConnectOptions {
  /** Directory that agents may read; default: the current one. */
  workspace?: string;
  /** Where settings are read from, as the command line does; default: `process.env`. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Told of what takes longer than a second: getting the server, starting it. */
  onProgress?: (step: { text: string; elapsedSeconds: number }) => void;
}

/** One session. Everything throws a `UserError` that says what is wrong and what to do. */
export interface BackgroundAgents {
  spawn(request: SpawnRequest): Promise<SpawnResult>;
  /** All of them or, when one is wrong, none. */
  spawnMany(request: SpawnManyRequest): Promise<SpawnManyResult>;
  /** Of one agent; its id alone will do. */
  status(request: StatusRequest | string): Promise<StatusResult>;
  output(request: OutputRequest): Promise<OutputResult>;
  /** Without `timeout_ms` as long as it takes. */
  wait(request?: WaitRequest): Promise<WaitResult>;
  /** To an agent that works, at its next turn; one that has ended goes on with its conversation. */
  send(request: SendRequest): Promise<SendResult>;
  kill(request: KillRequest): Promise<KillResult>;
  list(request?: ListRequest): Promise<ListResult>;
  /** Ends the session: stops its agents, but for the detached ones. */
  close(): Promise<void>;
}

/** Connects, and starts the local service first when no cluster is configured and it is not there. */
export async function connect(options: ConnectOptions = {}): Promise<BackgroundAgents> {
  // Loaded only now: Temporal's client takes its time.
  const { openProgram } = await import('./program');
  return openProgram(options);
}
