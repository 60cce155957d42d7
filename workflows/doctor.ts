/** What the workers of a task queue can do, as one of them tells it to `bga doctor`. */
import { proxyActivities } from '@temporalio/workflow';

/** Written in the clear, whatever keys there are: whether keys agree is what it is to find out. */
export interface DoctorQuestion {
  queue: string;
  /** The caller's directory, encoded as the caller encodes all that it writes: a worker that cannot read it has not its key. */
  sample: string;
}

export interface WorkerFacts {
  /** Of the package. */
  version: string;
  /** What it would call a model with; never the key. */
  modelAccess: 'key' | 'gateway' | 'none';
  /** Ids of its encryption keys, the one that encrypts first. */
  encryptionKeys: readonly string[];
  /** Whether it may read the caller's directory; absent: it could not read its name. */
  workspace?: WorkspaceFact;
}

export type WorkspaceFact =
  | { kind: 'readable' }
  | { kind: 'outside_roots' }
  | { kind: 'refused'; why: string };

export interface DoctorActivities {
  tellFacts(sample: string): Promise<WorkerFacts>;
}

/** A worker that is free answers at once. */
const ANSWER_TIMEOUT = '6s';

export async function doctor({ queue, sample }: DoctorQuestion): Promise<WorkerFacts> {
  const { tellFacts } = proxyActivities<DoctorActivities>({
    taskQueue: queue,
    scheduleToCloseTimeout: ANSWER_TIMEOUT,
    retry: { maximumAttempts: 1 },
  });
  return tellFacts(sample);
}
