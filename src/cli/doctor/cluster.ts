import { taskQueues } from '../../../workflows/queues';
import { NO_KEYS } from '../../codec';
import type { Config, Env } from '../../config';
import type { Check } from '../../local';
import { searchAttributes } from '../../localOptions';
import { targetOf } from '../../target';
import type { Temporal } from '../../temporal';
import { withTemporal } from './namespace';
import { checkSessions } from './sessions';

/** What agents need of a cluster, and what the local service brings by itself. */
export async function checkCluster(config: Config, env: Env): Promise<Check[]> {
  return withTemporal(targetOf(config, env, NO_KEYS), async (temporal) => [
    await checkSearchAttributes(temporal),
    await checkPollers(temporal),
    await checkSessions(temporal),
  ]);
}

async function checkSearchAttributes({ client, call, target }: Temporal): Promise<Check> {
  const name = 'search attributes';
  const { namespace } = target;
  const { customAttributes } = await call(() =>
    client.connection.operatorService.listSearchAttributes({ namespace }),
  );
  const missing = Object.entries(searchAttributes()).filter(([key]) => !(key in customAttributes));
  if (missing.length === 0) return { name, ok: true, detail: 'all there', fix: '' };
  const options = missing.map(([key, type]) => `--name ${key} --type ${type}`).join(' ');
  const detail = `missing: ${missing.map(([key]) => key).join(', ')}`;
  return {
    name,
    ok: false,
    detail,
    fix: `Run: temporal operator search-attribute create -n ${namespace} ${options}`,
  };
}

/** The server remembers who asked for work in the last minutes. */
async function checkPollers({ client, call, target }: Temporal): Promise<Check> {
  const name = 'workers';
  const { namespace } = target;
  const { pollers } = await call(() =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueues.agents },
      // TASK_QUEUE_TYPE_WORKFLOW
      taskQueueType: 1,
    }),
  );
  const ok = pollers.length > 0;
  const detail = ok ? `${pollers.length} on queue ${taskQueues.agents}` : 'none: agents stay pending';
  return { name, ok, detail, fix: ok ? '' : 'Start one: bga worker' };
}
