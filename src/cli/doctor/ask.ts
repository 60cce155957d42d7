/** Asks a worker of a task queue what it can do, by a short workflow that is deleted again. */
import { randomUUID } from 'node:crypto';
import { ActivityFailure, ApplicationFailure, type Client, WorkflowFailedError } from '@temporalio/client';
import type { DoctorQuestion, WorkerFacts } from '../../../workflows/doctor';
import { DOCTOR_WORKFLOW } from '../../../workflows/messages';
import { taskQueues } from '../../../workflows/queues';
import { MissingKeyError } from '../../codec';
import type { Temporal } from '../../temporal';

export type Answer =
  | { kind: 'facts'; facts: WorkerFacts }
  /** It answered, encrypted with a key that is not here. */
  | { kind: 'unreadable'; why: string }
  /** It is there, and cannot answer. */
  | { kind: 'failed'; why: string }
  | { kind: 'silent' };

/** More than `ANSWER_TIMEOUT` of the workflow: where a worker of agents is free, it says itself that the other one is not. */
const PATIENCE_MS = 8_000;

/**
 * @param temporal writes in the clear
 * @param reader the same place, with the keys of the caller
 */
export async function askWorker(
  temporal: Temporal,
  reader: Client,
  question: DoctorQuestion,
): Promise<Answer> {
  const { client, call, target } = temporal;
  const workflowId = `doctor-${randomUUID()}`;
  await call(() =>
    client.workflow.start(DOCTOR_WORKFLOW, {
      workflowId,
      taskQueue: taskQueues.agents,
      args: [question],
      staticSummary: `what a worker of ${question.queue} can do`,
      workflowExecutionTimeout: '1m',
      // Somebody waits for it.
      priority: { priorityKey: 1 },
    }),
  );
  try {
    return await answerOf(temporal, reader, workflowId);
  } finally {
    const execution = { namespace: target.namespace, workflowExecution: { workflowId } };
    // Who may not delete leaves it to the retention.
    await call(() => client.workflowService.deleteWorkflowExecution(execution)).catch(() => undefined);
  }
}

type Doctor = (question: DoctorQuestion) => Promise<WorkerFacts>;

async function answerOf(temporal: Temporal, reader: Client, workflowId: string): Promise<Answer> {
  try {
    const asked = reader.workflow.getHandle<Doctor>(workflowId);
    const facts = await reader.withDeadline(Date.now() + PATIENCE_MS, () => asked.result());
    return { kind: 'facts', facts };
  } catch (error) {
    if (error instanceof MissingKeyError) return { kind: 'unreadable', why: error.message };
    const why =
      error instanceof WorkflowFailedError ? refusalIn(error) : await whyStuck(temporal, workflowId);
    return why === undefined ? { kind: 'silent' } : { kind: 'failed', why };
  }
}

/** Undefined: nobody took the question in time. */
function refusalIn({ cause }: WorkflowFailedError): string | undefined {
  const failure = cause instanceof ActivityFailure ? cause.cause : cause;
  return failure instanceof ApplicationFailure ? failure.message : undefined;
}

/** A worker of agents that fails at the workflow itself is asked again and again; what it last said stands in the history. */
async function whyStuck({ client, call }: Temporal, workflowId: string): Promise<string | undefined> {
  const { events } = await call(() => client.workflow.getHandle(workflowId).fetchHistory());
  const failed = (events ?? []).findLast((event) => event.workflowTaskFailedEventAttributes);
  const said = failed?.workflowTaskFailedEventAttributes?.failure?.message;
  // "Here" is where that worker is.
  return said ? `the worker of ${taskQueues.agents} cannot go on with it and says: ${said}` : undefined;
}
