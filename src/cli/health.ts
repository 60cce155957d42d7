/** The health endpoints of `bga worker`, where they are asked for. */
import type { RunningWorker } from '../worker';
import type { CommandCall } from './command';
import { LOOPBACK, portOption, type Served, served } from './listening';

const OPTION = '--health';

/** @param worker undefined while it is being started */
export async function serveHealth(
  { options }: CommandCall,
  worker: () => RunningWorker | undefined,
): Promise<Served | undefined> {
  const port = await portOption(OPTION, options.healthPort);
  if (port === undefined) return undefined;
  const { readinessOf, STARTING } = await import('../health/worker');
  const { startHealthServer } = await import('../health/server');
  const readiness = async () => {
    const running = worker();
    return running ? readinessOf(running.state(), await running.serverAnswers()) : STARTING;
  };
  const address = { host: String(options.healthHost ?? LOOPBACK), port };
  return served(OPTION, address, (where) => startHealthServer({ ...where, readiness }));
}
