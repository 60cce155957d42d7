/** What the supervisor is told on its command line: plain JSON, no secret, visible in any process list. */
import { z } from 'zod';
import { LOG_FORMATS, LOG_LEVELS } from '../log/log';
import { SEARCH_ATTRIBUTE_TYPES } from '../namespace/plan';
import { modelAccess } from './access';
import { replaced } from './replaced';

export const supervisorConfig = z.object({
  stateDir: z.string(),
  binary: z.object({ path: z.string(), version: z.string() }),
  workerCommand: z.tuple([z.string()], z.string()),
  namespace: z.string(),
  searchAttributes: z.record(z.string(), z.enum(SEARCH_ATTRIBUTE_TYPES)),
  retentionDays: z.number(),
  version: z.string(),
  /** Of each log; default: see `logs.ts`. */
  maxLogBytes: z.number().int().positive().optional(),
  /** Of the supervisor itself; default: text. */
  log: z.object({ format: z.enum(LOG_FORMATS), level: z.enum(LOG_LEVELS) }).optional(),
  /** Without a client and an agent for so long, the service stops by itself; default: never. */
  idleStopMs: z.number().int().positive().optional(),
  installation: z.array(z.string()),
  /** Whether this supervisor takes the place of another one. */
  replaced: replaced.optional(),
  wantedPorts: z.object({ port: z.number().int(), uiPort: z.number().int() }),
});
export type SupervisorConfig = z.infer<typeof supervisorConfig>;

/** What the worker says over its IPC channel once it polls for work. */
export const workerReady = z.object({
  type: z.literal('ready'),
  provider: z.string(),
  /** Ids of the keys that it started with. */
  encryptionKeys: z.array(z.string()).default([]),
  /** Directories that it allows; absent: any. */
  workspaceRoots: z.array(z.string()).optional(),
  pid: z.number().int().positive(),
  access: modelAccess.optional(),
});
export type WorkerReady = z.infer<typeof workerReady>;
