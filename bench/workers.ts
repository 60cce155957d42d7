/** One worker of each kind, with the same options wherever both have them. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { dataConverterOf, NO_KEYS } from '../src/codec';
import { allQueues } from '../src/queues';
import type { TemporalTarget } from '../src/temporal';
import { startWorker } from '../src/worker';
import { taskQueues } from '../workflows/queues';
import { minimalActivities } from './minimal/activities';
import { scriptedModel } from './script';

export const MINIMAL_QUEUE = 'minimal';

export async function startOurs(target: TemporalTarget, atOnce: number): Promise<void> {
  await startWorker({
    // As in production, without a key.
    target: { ...target, dataConverter: dataConverterOf({ compression: true }, NO_KEYS) },
    queues: allQueues(taskQueues.workspace),
    concurrency: { haiku: atOnce, sonnet: atOnce, opus: atOnce, workspace: atOnce },
    shutdownGraceMs: 8_000,
    activities: {
      models: { anthropic: scriptedModel, offline: scriptedModel },
      priceOf: () => undefined,
      probeEveryMs: 30_000,
      tellFacts: () => Promise.reject(new Error('Nobody asks the workers of a benchmark what they can do.')),
    },
  });
}

export async function startMinimal(target: TemporalTarget, bundle: string, atOnce: number): Promise<void> {
  const connection = await NativeConnection.connect({ address: target.address });
  const worker = await Worker.create({
    connection,
    namespace: target.namespace,
    taskQueue: MINIMAL_QUEUE,
    workflowBundle: { codePath: bundle },
    activities: minimalActivities,
    maxConcurrentActivityTaskExecutions: atOnce,
    stickyQueueScheduleToStartTimeout: '2s',
    shutdownGraceTime: '8s',
  });
  worker.run().catch(fail);
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}
