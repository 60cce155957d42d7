import type { Keyring } from '../../codec';
import type { Config } from '../../config';
import type { Log } from '../../log/log';
import type { Collector } from '../../metrics/collector';
import type { RunningWorker } from '../../worker';
import type { Cli } from '../cli';
import type { CliCommand, CommandCall, ExitCode } from '../command';
import { serveHealth } from '../health';
import { numberOption } from '../input';
import type { Served } from '../listening';
import { collectMetrics, metricsFlags, serveMetrics, tellOpenAgents } from '../metrics';
import { onShutdownSignals } from '../shutdown';
import { clusterConfig, requireNamespace, tellMissingKey } from '../workerNeeds';

export const workerCommand: CliCommand = {
  name: 'worker',
  summary: 'run a worker in the foreground, for a Temporal cluster',
  declare: (command) =>
    command
      .option('--queues <names>', 'which task queues, e.g. agents,model-haiku (default: all, with workspace)')
      .option('--health-port <n>', 'answer GET /healthz and /readyz on this port', numberOption)
      .option('--health-host <address>', 'address that it listens on (default: 127.0.0.1)')
      .option('--metrics-port <n>', 'answer GET /metrics on this port, for Prometheus', numberOption)
      .option('--metrics-host <address>', 'address that it listens on (default: 127.0.0.1)'),
  async run(cli, call) {
    const queues = await queuesOf(call);
    const config = await clusterConfig(cli.env, { metrics: await metricsFlags(call) });
    const log = await cli.log('worker', config);
    const { openKeyring } = await import('../../codec');
    const asked = { config, queues, keyring: openKeyring(config.stateDir, cli.env) };
    const collector = await collectMetrics(config, queues);
    let worker: RunningWorker | undefined;
    // Before it takes any work: whoever asked for a port that is taken is told so, and no call has to be handed back.
    const health = await serveHealth(call, () => worker);
    const metrics = await serveMetrics(log, config.metrics, collector).catch(async (error: unknown) => {
      await health?.close();
      throw error;
    });
    try {
      worker = await start(cli, log, { ...asked, collector });
      if (collector) await tellOpenAgents(collector, worker);
      return await untilEnded(cli, log, worker, { ...asked, health, metrics });
    } finally {
      await health?.close();
      await metrics?.close();
      collector?.stop();
    }
  },
};

interface Asked {
  config: Config;
  queues: string[] | undefined;
  keyring: Keyring;
}

async function start(
  cli: Cli,
  log: Log,
  { config, queues, keyring, collector }: Asked & { collector: Collector | undefined },
): Promise<RunningWorker> {
  if (config.log.format === 'text')
    cli.progress.step(`starting a worker for Temporal at ${config.temporal.address}`);
  const { targetOf } = await import('../../target');
  await requireNamespace(config, targetOf(config, cli.env, keyring));
  const { Runtime } = await import('@temporalio/worker');
  const { temporalLogging } = await import('../../log/temporal');
  const { logger, logging } = temporalLogging(log);
  const telemetryOptions = { ...collector?.telemetryOptions, logging };
  // Signals are handled here: the SDK's own handling tells nobody, so that calls which only wait would use up the grace.
  Runtime.install({ shutdownSignals: [], logger, telemetryOptions });
  const { startConfiguredWorker } = await import('../../workerProcess');
  return startConfiguredWorker(config, cli.env, keyring, queues, (text) => log('warn', text));
}

async function untilEnded(
  cli: Cli,
  log: Log,
  worker: RunningWorker,
  { config, queues, keyring, health, metrics }: Asked & Record<'health' | 'metrics', Served | undefined>,
): Promise<ExitCode> {
  // The supervisor has gone: its successor starts a worker of its own.
  const stop = () => void worker.stop();
  process.on('disconnect', stop);
  const signals = onShutdownSignals((name) => {
    const seconds = Math.ceil(config.shutdownGraceMs / 1000);
    log(
      'info',
      `${name}: calls in flight get ${seconds} s to end, other workers take over the rest. Again to end at once.`,
    );
    stop();
  });
  await tellSupervisor(cli, config, keyring);
  const where = [
    `Temporal at ${config.temporal.address}`,
    `namespace ${config.namespace}`,
    `provider ${config.provider}`,
    ...(queues ? [`queues ${queues.join(', ')}`] : []),
    ...(health ? [`health at ${health.url}`] : []),
    ...(metrics ? [`metrics at ${metrics.url}/metrics`] : []),
  ];
  log('info', `Worker ${process.pid} is ready: ${where.join(', ')}. Ctrl-C ends it.`);
  await tellMissingKey(log, config, queues);
  await worker.done;
  // The channel to the supervisor would keep this process alive until it is killed.
  process.off('disconnect', stop);
  signals.close();
  if (process.connected) process.disconnect();
  log('info', `Worker ${process.pid} has ended.`);
  // Traces that no collector takes would keep it for seconds more.
  setTimeout(() => process.exit(), 500).unref();
  return 0;
}

/** What a worker was started with: the supervisor compares it with what callers have. */
async function tellSupervisor({ env }: Cli, config: Config, keyring: Keyring): Promise<void> {
  const { modelAccess } = await import('../../modelAccess');
  const encryptionKeys = keyring.keys().map(({ id }) => id);
  const access = modelAccess(config, env);
  const { provider, workspaceRoots } = config;
  process.send?.({ type: 'ready', provider, access, encryptionKeys, workspaceRoots, pid: process.pid });
}

async function queuesOf({ options }: CommandCall): Promise<string[] | undefined> {
  if (typeof options.queues !== 'string') return undefined;
  const { parseQueues, queueOf } = await import('../../queues');
  return parseQueues(options.queues).map((name) => queueOf(name).name);
}
