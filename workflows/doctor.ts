/** What the workers of a task queue can do, as one of them tells it to `bga doctor`. */
import { proxyActivities } from '@temporalio/workflow';

/** Written in the clear, whatever keys there are: whether keys agree is what it is to find out. */
export interface DoctorQuestion {
  queue: string;
  /** The caller's directory, encoded as the caller encodes all that it writes: a worker that cannot read it has not its key. */
  sample: string;
  /** Whether it is to ask the model's API for the list of its models. */
  probesModel?: true;
}

export interface WorkerFacts {
  /** Of the package. */
  version: string;
  /** What it would call a model with; never the key. */
  modelAccess: 'key' | 'gateway' | 'none';
  /** Present where it was to ask, and has something to ask with. */
  modelReach?: ModelReach;
  /** Ids of its encryption keys, the one that encrypts first. */
  encryptionKeys: readonly string[];
  /** Whether it may read the caller's directory; absent: it could not read its name. */
  workspace?: WorkspaceFact;
}

export type WorkspaceFact =
  | { kind: 'readable' }
  | { kind: 'outside_roots' }
  | { kind: 'refused'; why: string };

/** What the model's API said to a worker, and how to mend it there. */
export interface ModelReach {
  ok: boolean;
  detail: string;
  fix: string;
}

export interface DoctorActivities {
  tellFacts(question: DoctorQuestion): Promise<WorkerFacts>;
}

/** A worker that is free answers at once. */
const ANSWER_TIMEOUT = '6s';

export async function doctor(question: DoctorQuestion): Promise<WorkerFacts> {
  const { tellFacts } = proxyActivities<DoctorActivities>({
    taskQueue: question.queue,
    scheduleToCloseTimeout: ANSWER_TIMEOUT,
    retry: { maximumAttempts: 1 },
  });
  return tellFacts(question);
}
