/** What `bga worker` needs before it starts: a cluster with a namespace, and a key where it calls models. */
import type { Config, ConfigFlags, Env } from '../config';
import type { Log } from '../log/log';
import type { TemporalTarget } from '../temporal';

export async function clusterConfig(env: Env, flags: ConfigFlags): Promise<Config> {
  const { isLocal, loadConfig } = await import('../config');
  // Without a workspace: a worker serves many, and none of their files may configure it. The local service's worker is
  // told an address as well, also where the user asked for the local service by `BGA_LOCAL`.
  const config = loadConfig({ env, flags: { ...flags, local: false } });
  if (!isLocal(config)) return config;
  const { UserError } = await import('../agents/errors');
  throw new UserError(
    'invalid',
    'No cluster is configured for this worker to serve. Set TEMPORAL_ADDRESS, or a profile in temporal.toml. ' +
      'The local service has a worker of its own: bga up',
  );
}

/** The client says within seconds, and in words, what the worker's own connection would not. */
export async function requireNamespace(config: Config, target: TemporalTarget): Promise<void> {
  const { connectTemporal } = await import('../temporal');
  const { grpcCode, grpcCodes } = await import('../temporalErrors');
  const temporal = await connectTemporal(target);
  const { namespace } = config;
  try {
    await temporal.call(() => temporal.client.workflowService.describeNamespace({ namespace }));
  } catch (error) {
    // Not everybody who may work in a namespace may also look at it.
    const { UserError } = await import('../agents/errors');
    if (error instanceof UserError && grpcCode(error) !== grpcCodes.permissionDenied) throw error;
  } finally {
    await temporal.close();
  }
}

type Queues = readonly string[] | undefined;

const NO_KEY =
  'No API key is set here: agents for Claude wait until there is one. Store it with bga config set-key, which needs no restart, or start with ANTHROPIC_API_KEY.';

/** The local service says so where it is used. */
export async function tellMissingKey(log: Log, config: Config, queues: Queues): Promise<void> {
  if (!process.send && (await lacksKey(config, queues))) log('warn', NO_KEY);
}

/** Whether this worker calls models, and could call none but the offline scout. */
async function lacksKey(config: Config, queues: Queues): Promise<boolean> {
  const { apiKeySource, anthropicBaseUrl, provider, sources } = config;
  const wantsScout = provider === 'offline' && sources.has('provider');
  if (wantsScout || apiKeySource !== undefined || anthropicBaseUrl !== undefined) return false;
  const { allQueues, queueOf } = await import('../queues');
  return (queues ?? allQueues(config.workspaceQueue)).some((name) => queueOf(name).role.kind === 'model');
}
