/** Whether the workers of a cluster can do what this client asks agents for. */
import { Client } from '@temporalio/client';
import type { DoctorQuestion } from '../../../workflows/doctor';
import { taskQueues, tierOn } from '../../../workflows/queues';
import { writeSample } from '../../codec/sample';
import { type Config, ConfigError, type Env } from '../../config';
import type { Check } from '../../local';
import { encodingOf } from '../../target';
import type { Temporal } from '../../temporal';
import { VERSION } from '../../version';
import { askWorker } from './ask';
import { tryKeyring } from './encryption';
import { checksOf } from './workers';

interface Here {
  config: Config;
  env: Env;
  workspace: string;
}

/** Who may not ask still learns the rest. */
export async function askWorkers(
  temporal: Temporal,
  here: Here,
  queues: readonly string[],
): Promise<Check[]> {
  try {
    return await askEach(temporal, here, queues);
  } catch (error) {
    const detail = `they could not be asked. ${error instanceof Error ? error.message : String(error)}`;
    const fix = 'Ask again once this client may start workflows there';
    return [{ name: "workers' answers", ok: false, detail, fix }];
  }
}

/** Each queue by itself: whoever cannot answer holds up no other. */
async function askEach(
  temporal: Temporal,
  { config, env, workspace }: Here,
  queues: readonly string[],
): Promise<Check[]> {
  const keyring = tryKeyring(config.stateDir, env);
  // The question is a workflow. Keys that cannot be read are told of elsewhere.
  if (!queues.includes(taskQueues.agents) || keyring instanceof ConfigError) return [];
  const { dataConverter = {} } = encodingOf(config, keyring);
  const { connection } = temporal.client;
  const reader = new Client({ connection, namespace: temporal.target.namespace, dataConverter });
  const sample = await writeSample(workspace, dataConverter.payloadCodecs);
  const questionTo = (queue: string): DoctorQuestion => ({
    queue,
    sample,
    ...(config.provider === 'anthropic' && tierOn(queue) ? { probesModel: true } : {}),
  });
  const answers = await Promise.all(
    queues.map(async (queue) => [queue, await askWorker(temporal, reader, questionTo(queue))] as const),
  );
  return checksOf(Object.fromEntries(answers), {
    version: VERSION,
    provider: config.provider,
    encryptionKey: keyring.keys()[0]?.id,
    workspace,
    toolQueue: config.workspaceQueue,
  });
}
