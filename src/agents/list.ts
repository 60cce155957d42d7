import type { WorkflowExecutionInfo } from '@temporalio/client';
import { attributes, ITSELF } from '../../workflows/attributes';
import { checkTypeFilter } from '../agentTypes';
import type { AgentsContext } from './context';
import { cursorOf, isAfter, newestFirst, type Place, parseCursor } from './cursor';
import { DEFAULT_LIMIT } from './defaults';
import { shortHash } from './ids';
import { type Listing, listedFrom, listedFromRow, withUnread } from './listed';
import { observe } from './observe';
import { withinReach } from './pageSize';
import type { ListedAgent, ListResult } from './results';
import {
  type AgentFilter,
  count,
  countByStatus,
  createdBetween,
  queryFor,
  quoted,
  realWorkspace,
  rows,
  type Scope,
  VISIBILITY_LAG_MS,
} from './visibility';
import { newestWindow } from './window';

export interface ListRequest extends Omit<Partial<AgentFilter>, 'agentType' | 'scope'> {
  agent_type?: string | undefined;
  scope?: Scope | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Clocks of other machines may run ahead of ours. */
const CLOCK_SKEW_MS = 300_000;

/** Agents, newest first: a page that a model can be given. */
export async function list(context: AgentsContext, request: ListRequest): Promise<ListResult> {
  return withinReach(await listWhole(context, request));
}

/** The same, however long it is: for a screen. */
export async function listWhole(context: AgentsContext, request: ListRequest): Promise<ListResult> {
  const filter: AgentFilter = {
    status: request.status,
    agentType: request.agent_type,
    scope: request.scope ?? 'workspace',
  };
  const limit = request.limit ?? DEFAULT_LIMIT;
  const before = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  const unseen = await unseenSpawns(context, filter);
  const again = await thatWentOn(context, filter, unseen);
  const apart = [...unseen, ...again.inScope];
  const seen: AgentFilter = { ...filter, except: [...unseen.map(({ agentId }) => agentId), ...again.ids] };
  const [page, counts] = await Promise.all([
    pageOf(context, seen, apart, limit, before),
    countAll(context, seen, apart),
  ]);
  // A type that is not configured here may still have agents; with none, it is more likely a slip.
  if (page.agents.length === 0 && filter.agentType !== undefined)
    checkTypeFilter(filter.agentType, context.config);
  const readings = await context.session.places.of(page.agents.map(({ agentId }) => agentId));
  return {
    agents: page.agents.map((listing) => withUnread(listing, readings)),
    counts,
    ...(page.more === undefined ? {} : { next_cursor: page.more }),
  };
}

/** All that have not ended, newest first, however many others there are. */
export async function listOpen(
  context: AgentsContext,
  { agent_type: agentType, scope = 'workspace' }: Pick<ListRequest, 'agent_type' | 'scope'>,
): Promise<ListedAgent[]> {
  const query = `${await queryFor(context, { agentType, scope })} AND ExecutionStatus = 'Running'`;
  const found = (await rows(context, query)).map((row) => listedFromRow(context, row));
  return found.sort(newestFirst).map((listing) => withUnread(listing, undefined));
}

/** Ids of all the agents of this session, newest first. */
export async function agentIdsOfSession(context: AgentsContext): Promise<string[]> {
  const found = await rows(context, await queryFor(context, { scope: 'session' }));
  const own = context.session.spawned.map(({ agentId }) => agentId);
  return [...new Set([...own.reverse(), ...found.map((row) => row.workflowId)])];
}

async function pageOf(
  context: AgentsContext,
  filter: AgentFilter,
  unseen: readonly Listing[],
  limit: number,
  before: Place | undefined,
) {
  const query = await queryFor(context, filter);
  const { found, isLast } = await newest(context, query, limit + 1, before);
  const all = [...found, ...unseen.filter(filteredBy(filter))];
  const sorted = all.filter((agent) => !before || isAfter(agent, before)).sort(newestFirst);
  const agents = sorted.slice(0, limit);
  const last = agents.at(-1);
  return { agents, more: last && (sorted.length > limit || !isLast) ? cursorOf(last) : undefined };
}

/** At least `wanted` agents after the place, or all there are; many may share its millisecond, so those are fetched apart. */
async function newest(context: AgentsContext, query: string, wanted: number, before: Place | undefined) {
  const fetch = async (fromMs: number, toMs: number) =>
    (await rows(context, createdBetween(query, fromMs, toMs))).map((row) => listedFromRow(context, row));
  const tied = before ? await fetch(before.createdAtMs, before.createdAtMs) : [];
  const toMs = before ? before.createdAtMs - 1 : context.nowMs() + CLOCK_SKEW_MS;
  const { window, isLast } = await newestWindow(toMs, wanted, ({ fromMs, toMs: end }) =>
    count(context, createdBetween(query, fromMs, end)),
  );
  return { found: [...tied, ...(await fetch(window.fromMs, window.toMs))], isLast };
}

/** The session's own spawns that visibility does not show yet, in whatever status. */
async function unseenSpawns(context: AgentsContext, { scope }: AgentFilter): Promise<Listing[]> {
  const sinceMs = context.nowMs() - VISIBILITY_LAG_MS;
  const recent = context.session.spawned.filter(({ atMs }) => atMs >= sinceMs);
  // One that goes on is noted again each time.
  const fresh = [...new Set(recent.map(({ agentId }) => agentId))];
  if (fresh.length === 0) return [];
  const ofSession = await queryFor(context, { scope: 'session' });
  const shown = await rows(context, createdBetween(ofSession, sinceMs, context.nowMs() + CLOCK_SKEW_MS));
  const known = new Set(shown.map((row) => row.workflowId));
  const here = await realWorkspace(context.workspace);
  const looks = await Promise.all(
    fresh
      .filter((agentId) => !known.has(agentId))
      .map((agentId) => observe(context, agentId).catch(() => undefined)),
  );
  return looks.flatMap((seen) =>
    seen && (scope !== 'workspace' || seen.memo.workspace === here) ? [listedFrom(context, seen)] : [],
  );
}

/**
 * Agents that went on after an ending are in the list once for each; so they are looked up by themselves, wherever they
 * belong now, and left out of what is asked further.
 */
async function thatWentOn(
  context: AgentsContext,
  { scope }: AgentFilter,
  unseen: readonly Listing[],
): Promise<{ ids: string[]; inScope: Listing[] }> {
  const { session } = context;
  const query = `${await queryFor(context, { scope: 'all' })} AND AgentParent = ${quoted(ITSELF)}`;
  const known = new Set(unseen.map(({ agentId }) => agentId));
  const found = (await rows(context, query)).filter((row) => !known.has(row.workflowId));
  const here = shortHash(await realWorkspace(context.workspace));
  const isInScope = ({ workflowId, typedSearchAttributes: typed }: WorkflowExecutionInfo) => {
    if (scope === 'all') return true;
    if (scope === 'workspace') return typed.get(attributes.workspace) === here;
    const isSpawnedHere = session.spawned.some(({ agentId }) => agentId === workflowId);
    return isSpawnedHere || typed.get(attributes.session) === session.id;
  };
  return {
    ids: found.map((row) => row.workflowId),
    inScope: found.filter(isInScope).map((row) => listedFromRow(context, row)),
  };
}

function filteredBy({ status, agentType }: AgentFilter) {
  return ({ agent }: Listing) =>
    (status === undefined || status === agent.status) &&
    (agentType === undefined || agentType === agent.agent_type);
}

async function countAll(
  context: AgentsContext,
  filter: AgentFilter,
  unseen: readonly Listing[],
): Promise<ListResult['counts']> {
  const byStatus = await countByStatus(context, filter);
  const ofType = unseen.filter(filteredBy({ ...filter, status: undefined }));
  for (const { agent } of ofType) byStatus[agent.status] += 1;
  return byStatus;
}
