/** A worker's side of `bga doctor`: what it can do, and nothing that is secret. */
import { openWorkspace, WorkspaceError } from '../activities/tools';
import type { DoctorActivities, WorkerFacts, WorkspaceFact } from '../workflows/doctor';
import { type Keyring, MissingKeyError } from './codec';
import { readSample } from './codec/sample';
import { type Config, type Env, readApiKey } from './config';
import { reachOf } from './modelReach';
import { encodingOf } from './target';
import { VERSION } from './version';

/** Whoever asks waits for two seconds more. */
const PROBE_MS = 4_000;

/** Looked up anew each time: keys may be put right while a worker runs. */
export function factsTeller(config: Config, env: Env, keyring: Keyring): DoctorActivities['tellFacts'] {
  const { dataConverter } = encodingOf(config, keyring);
  return async ({ sample, probesModel }) => {
    const access = accessOf(config, env);
    const path = await readSample(sample, dataConverter?.payloadCodecs).catch(undefinedWithoutKey);
    return {
      version: VERSION,
      modelAccess: access.kind,
      ...(probesModel && access.kind !== 'none' ? { modelReach: await reachOf(access, PROBE_MS) } : {}),
      encryptionKeys: keyring.keys().map(({ id }) => id),
      ...(path === undefined ? {} : { workspace: await workspaceFact(path, config.workspaceRoots) }),
    };
  };
}

function undefinedWithoutKey(error: unknown): undefined {
  if (error instanceof MissingKeyError) return undefined;
  throw error;
}

interface Access {
  kind: WorkerFacts['modelAccess'];
  apiKey: string | undefined;
  baseUrl: string | undefined;
}

function accessOf({ stateDir, anthropicBaseUrl: baseUrl }: Config, env: Env): Access {
  const apiKey = tryKey(stateDir, env);
  const withoutGateway = apiKey === undefined ? 'none' : 'key';
  return { kind: baseUrl === undefined ? withoutGateway : 'gateway', apiKey, baseUrl };
}

function tryKey(stateDir: string, env: Env): string | undefined {
  try {
    return readApiKey(stateDir, env);
  } catch {
    return undefined;
  }
}

/** Which directories it may read besides is not for everybody to know. */
export async function workspaceFact(
  path: string,
  roots: readonly string[] | undefined,
): Promise<WorkspaceFact> {
  const opens = (options = {}) => openWorkspace(path, options).then(() => undefined, whyNot);
  const why = await opens();
  if (why !== undefined) return { kind: 'refused', why };
  return roots && (await opens({ roots })) !== undefined ? { kind: 'outside_roots' } : { kind: 'readable' };
}

function whyNot(error: unknown): string {
  if (error instanceof WorkspaceError) return error.message;
  throw error;
}
