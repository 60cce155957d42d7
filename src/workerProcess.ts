/** `bga worker`: a worker with the models, prices and directories that this process is configured for. */
import { createAnthropicModel } from '../activities/model/anthropic';
import { createOfflineModel } from '../activities/model/offline';
import { priceFor } from '../activities/model/pricing';
import type { Keyring } from './codec';
import { type Config, type Env, readApiKey } from './config';
import { factsTeller } from './facts';
import { secretsOf } from './log/secrets';
import { allQueues } from './queues';
import { targetOf } from './target';
import { startTraces } from './traces/start';
import { type RunningWorker, startWorker, type WorkerSettings } from './worker';

export async function startConfiguredWorker(
  config: Config,
  env: Env,
  keyring: Keyring,
  queues: readonly string[] | undefined,
  warn: (text: string) => void,
): Promise<RunningWorker> {
  const traces = await startTraces(env, warn);
  return startWorker({ ...workerSettings(config, env, keyring, queues), ...(traces ? { traces } : {}) });
}

export function workerSettings(
  config: Config,
  env: Env,
  keyring: Keyring,
  queues: readonly string[] = allQueues(config.workspaceQueue),
): WorkerSettings {
  return {
    target: targetOf(config, env, keyring),
    queues,
    concurrency: config.concurrency,
    ratePerSecond: config.ratePerSecond,
    shutdownGraceMs: config.shutdownGraceMs,
    activities: {
      models: {
        offline: createOfflineModel(),
        anthropic: createAnthropicModel({
          // Read at each call: a key that was put right is used without a restart, and none is kept here.
          apiKey: () => readApiKey(config.stateDir, env),
          ...(config.anthropicBaseUrl === undefined ? {} : { baseUrl: config.anthropicBaseUrl }),
          idleTimeoutMs: config.modelIdleTimeoutMs,
          totalTimeoutMs: config.modelTotalTimeoutMs,
        }),
      },
      priceOf: (model) => priceFor(model, config.prices),
      keys: secretsOf(config, env),
      tellFacts: factsTeller(config, env, keyring),
      probeEveryMs: config.modelProbeMs,
      ...(config.workspaceRoots === undefined ? {} : { workspaceRoots: config.workspaceRoots }),
    },
  };
}
