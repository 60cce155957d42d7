import { optionalTsToMs } from '@temporalio/common/lib/time';
import { taskQueues } from '../../../workflows/queues';
import { NO_KEYS } from '../../codec';
import type { Config, Env } from '../../config';
import type { Check } from '../../local';
import { searchAttributes } from '../../localOptions';
import { RETENTION_DAYS } from '../../namespace/plan';
import { planFor } from '../../namespace/setUp';
import { allQueues } from '../../queues';
import { targetOf } from '../../target';
import type { Temporal, TemporalTarget } from '../../temporal';
import { askWorkers } from './fleet';
import { withTemporal } from './namespace';
import { checkSessions } from './sessions';

/** What agents need of a cluster, and what the local service brings by itself. */
export async function checkCluster(config: Config, env: Env, workspace: string): Promise<Check[]> {
  const target = readTarget(config, env);
  if ('check' in target) return [target.check];
  return withTemporal(target, async (temporal) => {
    const found = await checkSearchAttributes(temporal);
    const queues = allQueues(config.workspaceQueue);
    const polled = await Promise.all(queues.map((queue) => checkPollers(temporal, queue, config)));
    return [
      found,
      ...polled,
      ...(await askWorkers(
        temporal,
        { config, env, workspace },
        queues.filter((_, at) => polled[at]?.ok),
      )),
      // Sessions are counted by an attribute: without it the server only refuses the question.
      ...(found.ok ? [await checkSessions(temporal)] : []),
    ];
  });
}

/** A certificate that cannot be read is found out before anything is asked. */
function readTarget(config: Config, env: Env): TemporalTarget | { check: Check } {
  try {
    return targetOf(config, env, NO_KEYS);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const fix = 'Mend the profile in temporal.toml, or the TEMPORAL_TLS_* variables';
    return { check: { name: 'reachable', ok: false, detail, fix } };
  }
}

async function checkSearchAttributes(temporal: Temporal): Promise<Check> {
  const name = 'search attributes';
  const { namespace } = temporal.target;
  const spec = { namespace, retentionDays: RETENTION_DAYS, searchAttributes: searchAttributes() };
  const { steps, wrong } = await planFor(temporal, spec);
  const missing = steps.flatMap((step) =>
    step.kind === 'add_search_attributes' ? Object.keys(step.search_attributes) : [],
  );
  if (wrong.length > 0) {
    const detail = wrong.map(({ name: each, found, wanted }) => `${each} is of type ${found}, not ${wanted}`);
    const fix = `Use another namespace (TEMPORAL_NAMESPACE), or remove them from ${namespace}`;
    return { name, ok: false, detail: detail.join('; '), fix };
  }
  if (missing.length === 0) return { name, ok: true, detail: 'all there', fix: '' };
  return { name, ok: false, detail: `missing: ${missing.join(', ')}`, fix: 'Run: bga setup' };
}

/** Of `temporal.api.enums.v1.TaskQueueType`. */
const WORKFLOWS = 1;
const ACTIVITIES = 2;

/** What does not get on without a worker on a queue. */
function lacking(queue: string): string {
  if (queue === taskQueues.agents) return 'agents stay pending';
  return queue.startsWith('model-') ? 'its model calls wait' : 'tool calls wait';
}

/** A worker asks for work again within 70 s; the server remembers for minutes also who has gone. */
const SILENT_MS = 90_000;

async function checkPollers(
  { client, call, target }: Temporal,
  queue: string,
  { temporal: { address } }: Config,
): Promise<Check> {
  const { pollers } = await call(() =>
    client.workflowService.describeTaskQueue({
      namespace: target.namespace,
      taskQueue: { name: queue },
      taskQueueType: queue === taskQueues.agents ? WORKFLOWS : ACTIVITIES,
    }),
  );
  const since = Date.now() - SILENT_MS;
  const living = pollers.filter(({ lastAccessTime }) => (optionalTsToMs(lastAccessTime) ?? 0) > since);
  const count = new Set(living.map(({ identity }) => identity)).size;
  const ok = count > 0;
  const workers = count === 1 ? '1 worker' : `${count} workers`;
  return {
    name: `queue ${queue}`,
    ok,
    detail: ok ? `${workers} in the last ${SILENT_MS / 1_000} s` : `no worker: ${lacking(queue)}`,
    fix: ok
      ? ''
      : `Start one: TEMPORAL_ADDRESS=${address} bga worker --queues ${queue} (without --queues: all of them)`,
  };
}
