/** What a dead worker had under way is given to the next one at once, not when its heartbeats have been missed. */
import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import { AGENT_WORKFLOW } from '../../workflows/messages';

const NO_PROXY = { 'grpc.enable_http_proxy': 0 };
/** By then the server has missed the heartbeats by itself. */
const TIMEOUT_MS = 4_000;
const AGENTS_AT_MOST = 1_000;
const AT_ONCE = 20;
/** Nothing went wrong with the calls themselves. */
const NEXT_TRY_MS = 10;
/** `PENDING_ACTIVITY_STATE_STARTED`. */
const STARTED = 2;

interface DeadWorker {
  address: string;
  namespace: string;
  pid: number;
  /** How it ended, as in "was ended by SIGKILL". */
  how: string;
}

type Execution = temporal.api.common.v1.IWorkflowExecution;

/**
 * Only for a process that is known to be dead: what it still did would be thrown away.
 * @returns how many calls it had under way
 */
export async function handOver({ address, namespace, pid, how }: DeadWorker): Promise<number> {
  const connection = await Connection.connect({ address, connectTimeout: TIMEOUT_MS, channelArgs: NO_PROXY });
  try {
    const { workflowService } = connection;
    // As the SDK names a worker.
    const identity = `${pid}@${hostname()}`;
    const failure = {
      message: `Its worker ${how}; the next one takes this over.`,
      applicationFailureInfo: { type: 'retryable', nextRetryDelay: msToTs(NEXT_TRY_MS) },
    };
    const handOverOf = async (execution: Execution): Promise<number> => {
      const { workflowId = null, runId = null } = execution;
      const { pendingActivities } = await workflowService.describeWorkflowExecution({ namespace, execution });
      const started = pendingActivities.filter(
        ({ state, lastWorkerIdentity }) => state === STARTED && lastWorkerIdentity === identity,
      );
      for (const { activityId = null } of started)
        await workflowService.respondActivityTaskFailedById({
          namespace,
          workflowId,
          runId,
          activityId,
          failure,
        });
      return started.length;
    };
    return await connection.withDeadline(Date.now() + TIMEOUT_MS, async () => {
      const { executions } = await workflowService.listWorkflowExecutions({
        namespace,
        query: `WorkflowType = '${AGENT_WORKFLOW}' AND ExecutionStatus = 'Running'`,
        pageSize: AGENTS_AT_MOST,
      });
      return sumOver(
        executions.map(({ execution }) => execution ?? {}),
        handOverOf,
      );
    });
  } finally {
    await connection.close();
  }
}

/** An agent that ended meanwhile has nothing to hand over. */
async function sumOver<T>(items: readonly T[], count: (item: T) => Promise<number>): Promise<number> {
  const left = [...items];
  const counts: number[] = [];
  const lane = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop())
      counts.push(await count(item).catch(() => 0));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return counts.reduce((sum, each) => sum + each, 0);
}
