/** Queries to Temporal's visibility store: agents by status, scope and time. It is the only registry of agents. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { AgentStatus } from '../../workflows/contract';
import { AGENT_WORKFLOW } from '../../workflows/messages';
import type { AgentsContext } from './context';
import { shortHash } from './ids';

export type Scope = 'session' | 'workspace' | 'all';

/** How each status is told apart by what Temporal itself records of a closed run, and by our attribute while it is open. */
const STATUS_CLAUSES: Record<AgentStatus, string> = {
  pending: "ExecutionStatus = 'Running' AND AgentStatus = 'pending'",
  running: "ExecutionStatus = 'Running' AND AgentStatus = 'running'",
  waiting: "ExecutionStatus = 'Running' AND AgentStatus = 'waiting'",
  completed: "ExecutionStatus = 'Completed'",
  failed: "ExecutionStatus IN ('Failed', 'TimedOut')",
  killed: "ExecutionStatus IN ('Canceled', 'Terminated')",
};

/** Visibility shows an agent well within this (64 ms at most was measured); younger spawns are looked up one by one. */
export const VISIBILITY_LAG_MS = 5_000;

export interface AgentFilter {
  status?: AgentStatus | undefined;
  agentType?: string | undefined;
  scope: Scope;
}

export function queryFor(context: AgentsContext, filter: AgentFilter): string {
  const clauses = [`WorkflowType = '${AGENT_WORKFLOW}'`, "ExecutionStatus != 'ContinuedAsNew'"];
  if (filter.scope === 'session') clauses.push(`AgentSession = ${quoted(context.session.id)}`);
  if (filter.scope === 'workspace') clauses.push(`AgentWorkspace = ${quoted(shortHash(context.workspace))}`);
  if (filter.agentType !== undefined) clauses.push(`AgentType = ${quoted(filter.agentType)}`);
  if (filter.status !== undefined) clauses.push(STATUS_CLAUSES[filter.status]);
  return clauses.join(' AND ');
}

export function createdBetween(query: string, fromMs: number, toMs: number): string {
  const iso = (ms: number) => quoted(new Date(ms).toISOString());
  return `${query} AND AgentCreatedAt BETWEEN ${iso(fromMs)} AND ${iso(toMs)}`;
}

export async function count({ temporal }: AgentsContext, query: string): Promise<number> {
  return (await temporal.call(() => temporal.client.workflow.count(query))).count;
}

/** All rows of a query, one per agent. */
export async function rows({ temporal }: AgentsContext, query: string): Promise<WorkflowExecutionInfo[]> {
  return temporal.call(async () => {
    const found = new Map<string, WorkflowExecutionInfo>();
    for await (const row of temporal.client.workflow.list({ query, pageSize: 500 }))
      found.set(row.workflowId, row);
    return [...found.values()];
  });
}

function quoted(value: string): string {
  return `'${value.replace(/'/g, "''")}'`;
}
