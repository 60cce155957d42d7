/** The health endpoints of `bga worker`, where they are asked for. */
import type { RunningWorker } from '../worker';
import type { CommandCall } from './command';

export interface ServedHealth {
  url: string;
  close(): Promise<void>;
}

/** By default only this machine may ask: what it says names queues. */
const LOOPBACK = '127.0.0.1';

export async function serveHealth(
  { options }: CommandCall,
  worker: RunningWorker,
): Promise<ServedHealth | undefined> {
  const { healthPort: port, healthHost = LOOPBACK } = options;
  if (port === undefined) return undefined;
  const host = String(healthHost);
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw await invalid('--health-port: expected a number from 0 (any that is free) to 65535. See --help.');
  const { readinessOf } = await import('../health/worker');
  const { startHealthServer } = await import('../health/server');
  const readiness = async () => readinessOf(worker.state(), await worker.serverAnswers());
  const server = await startHealthServer({ host, port, readiness }).catch(async (error: unknown) => {
    await worker.stop();
    throw await invalid(
      `--health-port: cannot listen on ${host}:${port} (${error instanceof Error ? error.message : error}). Choose another, or --health-host.`,
    );
  });
  return { url: `http://${host}:${server.port}`, close: server.close };
}

async function invalid(text: string): Promise<Error> {
  const { UserError } = await import('../agents/errors');
  return new UserError('invalid', text);
}
