/** The health endpoints of `bga worker`, where they are asked for. */
import type { RunningWorker } from '../worker';
import type { CommandCall } from './command';
import { LOOPBACK, portOption, type Served, served } from './listening';

const OPTION = '--health';

export async function serveHealth(
  { options }: CommandCall,
  worker: RunningWorker,
): Promise<Served | undefined> {
  const port = await portOption(OPTION, options.healthPort);
  if (port === undefined) return undefined;
  const { readinessOf } = await import('../health/worker');
  const { startHealthServer } = await import('../health/server');
  const readiness = async () => readinessOf(worker.state(), await worker.serverAnswers());
  const address = { host: String(options.healthHost ?? LOOPBACK), port };
  return served(OPTION, address, (where) => startHealthServer({ ...where, readiness })).catch(
    async (error: unknown) => {
      await worker.stop();
      throw error;
    },
  );
}
