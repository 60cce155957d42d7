/** `service.json`: what the supervisor tells everybody else. Only the holder of the lock writes it. */
import fs from 'node:fs';
import { z } from 'zod';
import { modelAccess } from './access';
import { isNoSpace } from './disk';
import { endings } from './endings';
import { type LocalPaths, writeFileAtomically } from './paths';
import { replaced } from './replaced';

const processRef = z.object({ pid: z.number().int().positive(), started: z.string() });

const serviceState = z.object({
  /** `failed`: the supervisor could not start and has gone; the file stays to say why. */
  state: z.enum(['starting', 'ready', 'restarting', 'stopping', 'disk_full', 'failed']),
  supervisor: processRef,
  server: processRef.optional(),
  workers: z.array(processRef),
  startedAtMs: z.number(),
  address: z.string().optional(),
  uiUrl: z.string().optional(),
  namespace: z.string(),
  database: z.string(),
  logs: z.string(),
  /** Of this package, of the Temporal server, and the path of its binary. */
  version: z.string(),
  serverVersion: z.string(),
  binary: z.string(),
  provider: z.string().optional(),
  /** Ids of the keys that the worker encrypts and decrypts with: the first one encrypts. */
  encryptionKeys: z.array(z.string()).optional(),
  /** Directories that the worker allows; absent: any. */
  workspaceRoots: z.array(z.string()).optional(),
  /** With what the worker was started. */
  access: modelAccess.optional(),
  /** Files without which the worker cannot be started again. */
  installation: z.array(z.string()).optional(),
  /** What a person should be told once, such as a port that was taken. */
  notes: z.array(z.string()),
  lastError: z.object({ atMs: z.number(), message: z.string() }).optional(),
  restarts: z.object({ server: z.number(), worker: z.number() }),
  /** The last of each part, over all supervisors since the last `bga down`. */
  endings: endings.optional(),
  /** When and why this service took the place of another one. */
  replaced: replaced.optional(),
  /** When the disk was full last; without `fullUntilMs` it is now. */
  disk: z.object({ fullSinceMs: z.number(), fullUntilMs: z.number().optional() }).optional(),
});
export type ServiceState = z.infer<typeof serviceState>;

/** A missing or damaged file means the same: nobody has said anything that can be relied on. */
export function readState(paths: LocalPaths): ServiceState | undefined {
  try {
    return serviceState.parse(JSON.parse(fs.readFileSync(paths.stateFile, 'utf8')));
  } catch {
    return undefined;
  }
}

/** So many bytes at least, filled with spaces: on a full disk there is room for other news in the same place. */
const ROOM_BYTES = 8_192;

export function writeState(paths: LocalPaths, state: ServiceState): void {
  const text = `${JSON.stringify(state, null, 2).padEnd(ROOM_BYTES - 1)}\n`;
  try {
    writeFileAtomically(paths.stateFile, text);
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    overwrite(paths.stateFile, text);
    throw error;
  }
}

/** Not atomic, as there is no space for a second file; whoever reads half of it reads again. */
function overwrite(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'r+');
  try {
    const { size } = fs.fstatSync(descriptor);
    const bytes = Buffer.from(text);
    if (bytes.length > size) return;
    const whole = Buffer.concat([bytes, Buffer.alloc(size - bytes.length, ' ')]);
    fs.writeSync(descriptor, whole, 0, size, 0);
  } finally {
    fs.closeSync(descriptor);
  }
}

export function removeState(paths: LocalPaths): void {
  fs.rmSync(paths.stateFile, { force: true });
}
