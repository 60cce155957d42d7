import { AGENT_STATUSES, type AgentStatus } from '../../workflows/contract';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { shortHash } from './ids';
import { listedFrom, listedFromRow } from './listed';
import { type Observation, observe } from './observe';
import type { ListedAgent, ListResult } from './results';
import {
  type AgentFilter,
  count,
  createdBetween,
  queryFor,
  rows,
  type Scope,
  VISIBILITY_LAG_MS,
} from './visibility';
import { newestWindow } from './window';

export interface ListRequest {
  status?: AgentStatus | undefined;
  agent_type?: string | undefined;
  scope?: Scope | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export const DEFAULT_LIMIT = 20;
/** Clocks of other machines may run ahead of ours. */
const CLOCK_SKEW_MS = 300_000;
/** Agents, newest first. */
export async function list(context: AgentsContext, request: ListRequest): Promise<ListResult> {
  const filter: AgentFilter = {
    status: request.status,
    agentType: request.agent_type,
    scope: request.scope ?? 'workspace',
  };
  const limit = request.limit ?? DEFAULT_LIMIT;
  const before = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  const [page, counts] = await Promise.all([
    newest(context, filter, limit, before),
    countAll(context, filter),
  ]);
  return {
    agents: page.agents,
    counts,
    ...(page.more === undefined ? {} : { next_cursor: page.more }),
  };
}

/** Ids of all the agents of this session, newest first. */
export async function agentIdsOfSession(context: AgentsContext): Promise<string[]> {
  const found = await rows(context, queryFor(context, { scope: 'session' }));
  const own = context.session.spawned.map(({ agentId }) => agentId);
  return [...new Set([...own.reverse(), ...found.map((row) => row.workflowId)])];
}

interface Place {
  createdAtMs: number;
  agentId: string;
}

async function newest(context: AgentsContext, filter: AgentFilter, limit: number, before: Place | undefined) {
  const query = queryFor(context, filter);
  const toMs = before?.createdAtMs ?? context.nowMs() + CLOCK_SKEW_MS;
  // One more than the page, to know whether there is another; with a cursor, one more for the row it points at.
  const wanted = limit + (before ? 2 : 1);
  const { window, isLast } = await newestWindow(toMs, wanted, ({ fromMs, toMs: end }) =>
    count(context, createdBetween(query, fromMs, end)),
  );
  const found = (await rows(context, createdBetween(query, window.fromMs, window.toMs))).map((row) =>
    listedFromRow(context, row),
  );
  const fresh = before ? [] : await ownFresh(context, filter, new Set(found.map((agent) => agent.agent_id)));
  const sorted = [...found, ...fresh].sort(newestFirst).filter((agent) => !before || isAfter(agent, before));
  const agents = sorted.slice(0, limit);
  const last = agents.at(-1);
  const more = last && (sorted.length > limit || !isLast) ? cursorOf(last) : undefined;
  return { agents, more };
}

/** The session's own spawns that visibility does not show yet. */
async function ownFresh(
  context: AgentsContext,
  filter: AgentFilter,
  shown: ReadonlySet<string>,
): Promise<ListedAgent[]> {
  const sinceMs = context.nowMs() - VISIBILITY_LAG_MS;
  const unseen = context.session.spawned.filter(
    ({ agentId, atMs }) => atMs >= sinceMs && !shown.has(agentId),
  );
  const seen = await Promise.all(
    unseen.map(({ agentId }) => observe(context, agentId).catch(() => undefined)),
  );
  return seen.flatMap((agent) =>
    agent && matches(context, agent, filter) ? [listedFrom(context, agent)] : [],
  );
}

function matches(context: AgentsContext, seen: Observation, filter: AgentFilter): boolean {
  return (
    (filter.status === undefined || filter.status === seen.status) &&
    (filter.agentType === undefined || filter.agentType === seen.agentType) &&
    (filter.scope !== 'workspace' || shortHash(seen.memo.workspace) === shortHash(context.workspace))
  );
}

async function countAll(context: AgentsContext, filter: AgentFilter): Promise<ListResult['counts']> {
  const counts = await Promise.all(
    AGENT_STATUSES.map(
      async (status) => [status, await count(context, queryFor(context, { ...filter, status }))] as const,
    ),
  );
  const byStatus = { pending: 0, running: 0, waiting: 0, completed: 0, failed: 0, killed: 0 };
  for (const [status, agents] of counts) byStatus[status] = agents;
  return byStatus;
}

function newestFirst(a: ListedAgent, b: ListedAgent): number {
  return b.created_at.localeCompare(a.created_at) || a.agent_id.localeCompare(b.agent_id);
}

function isAfter(agent: ListedAgent, place: Place): boolean {
  const createdAtMs = Date.parse(agent.created_at);
  return (
    createdAtMs < place.createdAtMs || (createdAtMs === place.createdAtMs && agent.agent_id > place.agentId)
  );
}

function cursorOf(agent: ListedAgent): string {
  return `${Date.parse(agent.created_at)}.${agent.agent_id}`;
}

function parseCursor(cursor: string): Place {
  const [, ms, agentId] = /^(\d{1,15})\.(.{1,100})$/.exec(cursor) ?? [];
  if (ms === undefined || agentId === undefined) {
    throw new UserError(
      'invalid',
      `"${cursor}" is no cursor. Pass the next_cursor of an earlier agent_list, or none.`,
    );
  }
  return { createdAtMs: Number(ms), agentId };
}
