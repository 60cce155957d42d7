/** From a configuration to something that agents can be spawned with: the local service, or a cluster. */
import { LRUCache } from 'lru-cache';
import type { Lifetime } from '../workflows/contract';
import { taskQueues } from '../workflows/queues';
import type { AgentsContext, SharedContext } from './agents/context';
import { UserError } from './agents/errors';
import type { Session } from './agents/session';
import { traceparentIn } from './agents/traceparent';
import { type Keyring, openKeyring, strangeKey } from './codec';
import { type Config, type Env, isLocal } from './config';
import {
  ensureService,
  type LocalOptions,
  LocalServiceError,
  type Progress,
  type ReadyState,
  readyService,
} from './local';
import { localOptions } from './localOptions';
import { encodingOf, targetOf } from './target';
import { connectTemporal, type TemporalTarget } from './temporal';

/** Ended agents that one process remembers. */
const KEPT_ENDED = 500;
/** Earlier runs of long agents, each with the few hundred lines that it added to the log. */
const KEPT_RUNS = 200;

export interface OpenOptions {
  config: Config;
  env: Env;
  /** Directory that agents work in unless they are given another. */
  workspace: string;
  defaultLifetime?: Lifetime;
  /** Told of what takes longer than a second: getting the server, starting it. */
  onProgress: Progress;
  /** Told once what a person should know: that the local service was restarted, or left as it is, and why. */
  onRemark?: (text: string) => void;
  /** By default the service is restarted when it falls short of this configuration; see `verdictOn`. */
  replace?: LocalOptions['replace'];
}

type WithSession = { session: Session };

export async function openAgents({ session, ...options }: OpenOptions & WithSession): Promise<AgentsContext> {
  return { ...(await openShared(options)), session };
}

/** The same for several sessions over one connection. */
export async function openShared(options: OpenOptions): Promise<SharedContext> {
  const { config, env } = options;
  const keyring = openKeyring(config.stateDir, env);
  const found = isLocal(config) ? await localTarget(options, keyring) : clusterTarget(options, keyring);
  return contextOver(found, options);
}

/** The same over what is there: nothing is started or announced. Undefined while the local service is down. */
export async function openRunning({
  session,
  ...options
}: Pick<OpenOptions, 'config' | 'env' | 'workspace'> & WithSession): Promise<AgentsContext | undefined> {
  const { config, env } = options;
  const keyring = openKeyring(config.stateDir, env);
  const service = isLocal(config) ? readyService(config.stateDir) : undefined;
  if (isLocal(config) && !service) return undefined;
  const found = service ? serviceTarget(config, service, keyring) : clusterTarget(options, keyring);
  return { ...(await contextOver(found, options)), session };
}

interface Found {
  target: TemporalTarget;
  toolQueue: string;
  provider?: Config['provider'];
}

async function contextOver(
  { target, toolQueue, provider }: Found,
  {
    config,
    env,
    workspace,
    defaultLifetime,
  }: Pick<OpenOptions, 'config' | 'env' | 'workspace' | 'defaultLifetime'>,
): Promise<SharedContext> {
  return {
    temporal: await connectTemporal(target),
    config,
    provider: provider ?? config.provider,
    toolQueue,
    workspace,
    ...(defaultLifetime === undefined ? {} : { defaultLifetime }),
    ...traceparentIn(env.TRACEPARENT),
    ended: new LRUCache({ max: KEPT_ENDED }),
    earlier: new LRUCache({ max: KEPT_RUNS }),
    nowMs: Date.now,
  };
}

function clusterTarget({ config, env }: Pick<OpenOptions, 'config' | 'env'>, keyring: Keyring): Found {
  return { target: targetOf(config, env, keyring), toolQueue: config.workspaceQueue };
}

/** On the local service the worker's configuration decides who answers: it holds the key. */
async function localTarget(
  { config, env, onProgress, onRemark, replace }: OpenOptions,
  keyring: Keyring,
): Promise<Found> {
  try {
    const options = { ...localOptions(config, env), ...(replace === undefined ? {} : { replace }) };
    const service = await ensureService(options, onProgress);
    for (const remark of service.remarks) onRemark?.(remark);
    return serviceTarget(config, service, keyring);
  } catch (error) {
    if (error instanceof LocalServiceError)
      throw new UserError('unreachable', error.message, { cause: error });
    throw error;
  }
}

function serviceTarget(config: Config, service: ReadyState, keyring: Keyring): Found {
  const { address, namespace, provider, encryptionKeys } = service;
  refuseStrangeKey(keyring, encryptionKeys);
  return {
    target: { address, namespace, isLocal: true, ...encodingOf(config, keyring) },
    toolQueue: taskQueues.agents,
    ...(provider === 'anthropic' || provider === 'offline' ? { provider } : {}),
  };
}

/** Its worker would take no agent of ours: each would wait until the key is there. */
function refuseStrangeKey(keyring: Keyring, workers: readonly string[] = []): void {
  const key = strangeKey(keyring.keys(), workers);
  if (key === undefined) return;
  throw new UserError(
    'not_ready',
    `BGA_ENCRYPTION_KEY sets key ${key.id} here, and the local service was started without it. ` +
      'Start it again with this environment (bga down && bga up), or store the key for both: bga config set-encryption-key',
  );
}
