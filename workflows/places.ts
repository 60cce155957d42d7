/** The places of one session: who holds one, and who waits for one, in order. Plain data, so that a gate can hand it on. */

/** What an agent shows at the gate. */
export interface Ticket {
  agentId: string;
  /** By the spawner's clock: the order of the queue. */
  createdAtMs: number;
  /** Agents that may run at once, as it was configured when this one was spawned. */
  maxRunning: number;
}

export interface Places {
  /** Of the newest ticket: a changed setting counts for all that wait. */
  maxRunning: number;
  newestMs: number;
  holders: readonly string[];
  queue: readonly Pick<Ticket, 'agentId' | 'createdAtMs'>[];
}

export const NO_PLACES: Places = { maxRunning: 1, newestMs: 0, holders: [], queue: [] };

/** Somebody who is known already changes nothing: tickets may be shown again. */
export function joined(places: Places, ticket: Ticket): Places {
  const isKnown =
    places.holders.includes(ticket.agentId) || places.queue.some(({ agentId }) => agentId === ticket.agentId);
  if (isKnown) return places;
  const { agentId, createdAtMs, maxRunning } = ticket;
  return {
    ...places,
    ...(createdAtMs >= places.newestMs ? { maxRunning, newestMs: createdAtMs } : {}),
    queue: [...places.queue, { agentId, createdAtMs }].sort((a, b) => a.createdAtMs - b.createdAtMs),
  };
}

export function left(places: Places, agentId: string): Places {
  return {
    ...places,
    holders: places.holders.filter((holder) => holder !== agentId),
    queue: places.queue.filter((ticket) => ticket.agentId !== agentId),
  };
}

/** Gives free places to those who have waited longest, at most so many at a time, and says who got one. */
export function admitted(places: Places, atMost: number): { places: Places; agentIds: string[] } {
  const free = Math.min(atMost, Math.max(0, places.maxRunning - places.holders.length));
  const agentIds = places.queue.slice(0, free).map((ticket) => ticket.agentId);
  return {
    places: { ...places, holders: [...places.holders, ...agentIds], queue: places.queue.slice(free) },
    agentIds,
  };
}

export function isEmpty({ holders, queue }: Places): boolean {
  return holders.length === 0 && queue.length === 0;
}

/** Where one stands that waits, for a person. */
export function standing({ maxRunning, holders, queue }: Places, agentId: string): string | undefined {
  const before = queue.findIndex((ticket) => ticket.agentId === agentId);
  if (before < 0) return undefined;
  return `waiting for a place: ${holders.length} of ${maxRunning} agents of this session run (maxRunningAgents); ${before} ${before === 1 ? 'is' : 'are'} before it`;
}

export interface GateActivities {
  /** Which of these agents have not ended. */
  stillOpen(agentIds: readonly string[]): Promise<string[]>;
}
