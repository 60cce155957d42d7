/** Deletes agents that ended some time ago from the server, with all their runs. One that has not ended is never touched. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { AgentStatus } from '../../workflows/contract';
import { isNotFound } from '../temporalErrors';
import type { AgentsContext } from './context';
import { isOpen } from './facts';
import { inTurns } from './inTurns';
import { statusOfRow } from './listed';
import { notePruned } from './retention';
import { type AgentFilter, everyRun, queryFor } from './visibility';

export const ENDED_STATUSES = ['completed', 'failed', 'killed'] as const satisfies readonly AgentStatus[];

export interface PruneRequest extends Pick<AgentFilter, 'scope' | 'agentType'> {
  /** Only what ended before. */
  endedBeforeMs: number;
  statuses: readonly AgentStatus[];
}

export interface Prunable {
  agentId: string;
  status: AgentStatus;
  endedAtMs: number;
  runIds: string[];
  /** Of its histories. */
  bytes: number;
}

/** Oldest ending first. */
export async function prunable(
  context: AgentsContext,
  request: PruneRequest,
  onProgress: (text: string) => void = () => undefined,
): Promise<Prunable[]> {
  const before = new Date(request.endedBeforeMs).toISOString();
  const query = `${await queryFor(context, { ...request, allRuns: true })} AND ExecutionStatus != 'Running' AND CloseTime < '${before}'`;
  const runs = new Map<string, WorkflowExecutionInfo[]>();
  for await (const run of everyRun(context, query))
    runs.set(run.workflowId, [...(runs.get(run.workflowId) ?? []), run]);
  const found = await inTurns(
    [...runs],
    ([agentId, itsRuns]) => judged(context, agentId, itsRuns, request),
    (done) => onProgress(`looking at agents that ended: ${done} of ${runs.size}`),
  );
  return found.filter((agent) => agent !== undefined).sort((a, b) => a.endedAtMs - b.endedAtMs);
}

/** A list may lag, and an agent that has ended may go on in a new run: so the server is asked what its last run is now. */
async function judged(
  { temporal }: AgentsContext,
  agentId: string,
  runs: readonly WorkflowExecutionInfo[],
  { endedBeforeMs, statuses }: PruneRequest,
): Promise<Prunable | undefined> {
  const last = await temporal
    .call(() => temporal.client.workflow.getHandle(agentId).describe())
    .catch(undefinedIfNotFound);
  const endedAtMs = last?.closeTime?.getTime() ?? Number.POSITIVE_INFINITY;
  if (!last || isOpen(last) || endedAtMs >= endedBeforeMs) return undefined;
  const status = statusOfRow(last);
  if (!statuses.includes(status)) return undefined;
  const bytes = runs.reduce((sum, { historySize }) => sum + (historySize ?? 0), 0);
  return { agentId, status, endedAtMs, runIds: runs.map(({ runId }) => runId), bytes };
}

/**
 * @param before is awaited for each agent, and when it fails, neither that agent nor any after it is deleted
 * @param onDone is told how many are deleted so far
 * @returns whether sums over the time before will tell that something is missing
 */
export async function prune(
  context: AgentsContext,
  agents: readonly Prunable[],
  before: (agent: Prunable) => Promise<void>,
  onDone: (done: number) => void,
): Promise<boolean> {
  const lastEndedAtMs = Math.max(0, ...agents.map(({ endedAtMs }) => endedAtMs));
  let noted: Promise<boolean> | undefined;
  await inTurns(
    agents,
    async (agent) => {
      await before(agent);
      // Before the first is gone: whatever comes between, none is missing without a word.
      noted ??= notePruned(context.temporal, lastEndedAtMs + 1);
      await noted;
      for (const runId of agent.runIds) await deleteRun(context, agent.agentId, runId);
      context.ended.delete(agent.agentId);
    },
    onDone,
  );
  return (await noted) ?? true;
}

async function deleteRun({ temporal }: AgentsContext, workflowId: string, runId: string): Promise<void> {
  const { client, target } = temporal;
  const workflowExecution = { workflowId, runId };
  await temporal
    .call(() =>
      client.workflowService.deleteWorkflowExecution({ namespace: target.namespace, workflowExecution }),
    )
    .catch(undefinedIfNotFound);
}

/** Its retention is over, or somebody else was quicker. */
function undefinedIfNotFound(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}
