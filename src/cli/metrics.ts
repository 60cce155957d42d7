/** The metrics of `bga worker`, where they are asked for. */
import type { Config, ConfigFlags } from '../config';
import type { Log } from '../log/log';
import type { Collector } from '../metrics/collector';
import type { RunningWorker } from '../worker';
import type { CommandCall } from './command';
import { portOption, type Served, served } from './listening';

const OPTION = '--metrics';

export async function metricsFlags({ options }: CommandCall): Promise<ConfigFlags['metrics'] & {}> {
  const port = await portOption(OPTION, options.metricsPort);
  const { metricsHost: host } = options;
  return {
    ...(port === undefined ? {} : { port }),
    ...(typeof host === 'string' ? { host } : {}),
  };
}

/** Before Temporal's runtime is installed: it has to be told where to. */
export async function collectMetrics(
  config: Config,
  queues: readonly string[] | undefined,
): Promise<Collector | undefined> {
  if (config.metrics.port === undefined) return undefined;
  const { agentTypeNames } = await import('../agentTypes');
  const { beginningsOf } = await import('../metrics/beginnings');
  const { startCollector } = await import('../metrics/collector');
  const { allQueues } = await import('../queues');
  const kinds = { agentTypes: agentTypeNames(config), models: config.models };
  return startCollector(beginningsOf(queues ?? allQueues(config.workspaceQueue), kinds));
}

export async function serveMetrics(
  log: Log,
  { host, port }: Config['metrics'],
  collector: Collector | undefined,
): Promise<Served | undefined> {
  if (!collector || port === undefined) return undefined;
  const { startMetricsServer } = await import('../metrics/server');
  try {
    return await served(OPTION, { host, port }, (address) => startMetricsServer(address, collector));
  } catch (error) {
    // The supervisor would start it again and again: agents are worth more than their metrics.
    if (!process.send || !(error instanceof Error)) throw error;
    log('warn', `${error.message} The worker goes on without.`);
    return undefined;
  }
}

/** As soon as there is a worker that can ask the server. */
export async function tellOpenAgents({ registry }: Collector, { countOpen }: RunningWorker): Promise<void> {
  const { exposeOpenAgents } = await import('../metrics/openAgents');
  exposeOpenAgents(registry, countOpen);
}
