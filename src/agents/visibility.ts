/** Queries to Temporal's visibility store: agents by status, scope and time. It is the only registry of agents. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { AgentStatus } from '../../workflows/contract';
import { AGENT_WORKFLOW } from '../../workflows/messages';
import type { Temporal } from '../temporal';
import type { AgentsContext } from './context';
import { looksLikeAgentId, shortHash } from './ids';
import { clauseFor } from './owner';

export const SCOPES = ['session', 'workspace', 'all'] as const;
export type Scope = (typeof SCOPES)[number];

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
  /** Known from elsewhere: visibility may come to show them at any moment, and they would count twice. */
  except?: readonly string[] | undefined;
  /** Also the runs after which an agent went on in another. */
  allRuns?: true;
}

export async function queryFor(context: AgentsContext, filter: AgentFilter): Promise<string> {
  const clauses = [`WorkflowType = '${AGENT_WORKFLOW}'`];
  if (!filter.allRuns) clauses.push("ExecutionStatus != 'ContinuedAsNew'");
  clauses.push(...clauseFor(context.session.caller, quoted));
  if (filter.scope === 'session') clauses.push(`AgentSession = ${quoted(context.session.id)}`);
  if (filter.scope === 'workspace')
    clauses.push(`AgentWorkspace = ${quoted(shortHash(await realWorkspace(context.workspace)))}`);
  if (filter.agentType !== undefined) clauses.push(`AgentType = ${quoted(filter.agentType)}`);
  if (filter.except?.length) clauses.push(`WorkflowId NOT IN (${filter.except.map(quoted).join(', ')})`);
  if (filter.status !== undefined) clauses.push(STATUS_CLAUSES[filter.status]);
  return clauses.join(' AND ');
}

export function createdBetween(query: string, fromMs: number, toMs: number): string {
  const iso = (ms: number) => new Date(ms).toISOString();
  // To its last microsecond: SQLite compares times as text, and drops trailing zeros of the bound, which then shuts out its own instant.
  const end = iso(toMs).replace('Z', '999Z');
  return `${query} AND AgentCreatedAt BETWEEN ${quoted(iso(fromMs))} AND ${quoted(end)}`;
}

export async function count({ temporal }: Pick<AgentsContext, 'temporal'>, query: string): Promise<number> {
  return (await temporal.call(() => temporal.client.workflow.count(query))).count;
}

/** How many agents of a query stand how. One query for all endings, so that an agent that ends meanwhile is counted once. */
export async function countByStatus(
  context: AgentsContext,
  filter: Omit<AgentFilter, 'status'>,
): Promise<Record<AgentStatus, number>> {
  const { temporal } = context;
  const all = await queryFor(context, { ...filter, status: undefined });
  const [grouped, pending, waiting] = await Promise.all([
    temporal.call(() => temporal.client.workflow.count(`${all} GROUP BY ExecutionStatus`)),
    count(context, await queryFor(context, { ...filter, status: 'pending' })),
    count(context, await queryFor(context, { ...filter, status: 'waiting' })),
  ]);
  const of = (...names: string[]) =>
    grouped.groups
      .filter(({ groupValues: [name] }) => names.includes(String(name)))
      .reduce((sum, group) => sum + group.count, 0);
  const open = of('Running', 'Paused');
  const now = { pending: Math.min(pending, open), waiting: Math.min(waiting, open) };
  return {
    ...now,
    running: Math.max(0, open - now.pending - now.waiting),
    completed: of('Completed'),
    failed: of('Failed', 'TimedOut'),
    killed: of('Canceled', 'Terminated'),
  };
}

export type OpenCounts = Record<Extract<AgentStatus, 'pending' | 'running' | 'waiting'>, number>;

/** Of the whole namespace, whoever may see them. */
export async function countOpen(temporal: Temporal): Promise<OpenCounts> {
  const of = (status: keyof OpenCounts) =>
    count({ temporal }, `WorkflowType = '${AGENT_WORKFLOW}' AND ${STATUS_CLAUSES[status]}`);
  const [pending, running, waiting] = await Promise.all([of('pending'), of('running'), of('waiting')]);
  return { pending, running, waiting };
}

const PAGE_ROWS = 500;

/** All rows of a query, one per agent: its newest run, while visibility still shows the one before as open. */
export async function rows(
  context: Pick<AgentsContext, 'temporal'>,
  query: string,
  onFound: (count: number) => void = () => undefined,
): Promise<WorkflowExecutionInfo[]> {
  const found = new Map<string, WorkflowExecutionInfo>();
  for await (const row of everyRun(context, query)) {
    const other = found.get(row.workflowId);
    if (!other || other.startTime <= row.startTime) found.set(row.workflowId, row);
    if (found.size % PAGE_ROWS === 0) onFound(found.size);
  }
  return [...found.values()];
}

/**
 * All rows of a query, one per run. Anybody may start workflows of our type: what has no agent's id could be neither looked at nor
 * deleted, and its id might be a path. Each page has a deadline of its own: there may be any number of them.
 */
export async function* everyRun(
  { temporal }: Pick<AgentsContext, 'temporal'>,
  query: string,
): AsyncGenerator<WorkflowExecutionInfo> {
  const list = temporal.lister.workflow.list({ query, pageSize: PAGE_ROWS })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await temporal.call(() => list.next());
    if (done) return;
    if (looksLikeAgentId(value.workflowId)) yield value;
  }
}

/** Agents carry the real path of their directory, whatever link or relative path led to it. */
export async function realWorkspace(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/** The query language knows both ways of escaping, so a backslash must not escape the closing quote. */
export function quoted(value: string): string {
  return `'${value.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`;
}
