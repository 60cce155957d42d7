/** When a worker is ready: it polls each of its queues, its server answers, and it has not been told to end. */
import type { Readiness } from './server';

interface PolledQueue {
  queue: string;
  polling: boolean;
}

export interface WorkerState {
  draining: boolean;
  queues: PolledQueue[];
}

/** Before there is anything to look at. */
export const STARTING: Readiness = { ready: false, reason: 'it is starting' };

/** Pure. */
export function readinessOf({ draining, queues }: WorkerState, serverAnswers: boolean): Readiness {
  const silent = queues.filter(({ polling }) => !polling).map(({ queue }) => queue);
  const reason = draining
    ? 'it was told to end, and takes no more work'
    : silent.length > 0
      ? `it does not poll ${silent.join(', ')}`
      : serverAnswers
        ? undefined
        : 'the Temporal server does not answer';
  return { ready: reason === undefined, ...(reason === undefined ? {} : { reason }), draining, queues };
}
