/** How all agents stand at one moment: a list from visibility, and a closer look at the few that can still change. */
import type { ListedAgent, StatusResult } from '../agents';
import { listOpen, listWhole, status } from '../agents';
import type { AgentsContext } from '../agents/context';
import { isOpen, openCount, type Snapshot, type WatchedAgent, type WatchRequest } from './watched';

/** More than a screen shows; beyond that, the list says enough. */
const MOST_LOOKS = 40;

/** @param before spares another look at those that had ended by then */
export async function snapshotOf(
  context: AgentsContext,
  request: WatchRequest,
  before?: Snapshot,
): Promise<Snapshot> {
  const page = await listWhole(context, request);
  const open = page.agents.filter(isOpen);
  const isShort = request.status === undefined && open.length < openCount(page.counts);
  const all = isShort ? [...(await listOpen(context, request)), ...page.agents] : page.agents;
  const agents = openFirst(unique(all));
  const known = new Map(before?.agents.map((agent) => [agent.agent_id, agent]));
  const lookAt = async (agent: ListedAgent): Promise<WatchedAgent> => {
    const last = known.get(agent.agent_id);
    if (last?.look && !isOpen(last) && !isOpen(agent)) return { ...agent, look: last.look };
    const look = await status(context, agent.agent_id).catch(() => undefined);
    return look ? withLook(agent, look) : asLastSeen(agent, last);
  };
  const unlooked = agents.slice(MOST_LOOKS).map((agent) => asLastSeen(agent, known.get(agent.agent_id)));
  return {
    agents: [...(await Promise.all(agents.slice(0, MOST_LOOKS).map(lookAt))), ...unlooked],
    counts: page.counts,
    atMs: context.nowMs(),
  };
}

function openFirst<T extends ListedAgent>(agents: readonly T[]): T[] {
  return [...agents.filter(isOpen), ...agents.filter((agent) => !isOpen(agent))];
}

function unique(agents: readonly ListedAgent[]): ListedAgent[] {
  return [...new Map(agents.map((agent) => [agent.agent_id, agent])).values()].sort((a, b) =>
    b.created_at.localeCompare(a.created_at),
  );
}

/** What is known of it does not go when it is not looked at again. */
function asLastSeen(agent: ListedAgent, last: WatchedAgent | undefined): WatchedAgent {
  return last?.look ? { ...agent, look: last.look } : agent;
}

/** The look is younger than the list. */
function withLook(agent: ListedAgent, look: StatusResult): WatchedAgent {
  const { progress, usage, question, model } = look;
  return {
    ...agent,
    status: look.status,
    ...(look.reason === undefined ? {} : { reason: look.reason }),
    unread: agent.unread || (isOpen(agent) && !isOpen(look)),
    duration_ms: look.duration_ms,
    cost_usd: usage.cost_usd,
    look: { progress, usage, model, ...(question === undefined ? {} : { question }) },
  };
}
