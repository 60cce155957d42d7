/** A place in the list of agents, newest first: the agent that the page before ended with. */
import { UserError } from './errors';

export interface Place {
  createdAtMs: number;
  agentId: string;
}

export function newestFirst(a: Place, b: Place): number {
  return b.createdAtMs - a.createdAtMs || (a.agentId < b.agentId ? -1 : Number(a.agentId > b.agentId));
}

export function isAfter(agent: Place, place: Place): boolean {
  return newestFirst(place, agent) < 0;
}

export function cursorOf({ createdAtMs, agentId }: Place): string {
  return `${createdAtMs}.${agentId}`;
}

export function parseCursor(cursor: string): Place {
  const [, ms, agentId] = /^(\d{1,14})\.([A-Za-z0-9_-]{1,100})$/.exec(cursor) ?? [];
  if (ms === undefined || agentId === undefined) {
    throw new UserError(
      'invalid',
      `${JSON.stringify(cursor)} is no cursor of a list. Pass the next_cursor of an earlier agent_list, or none.`,
    );
  }
  return { createdAtMs: Number(ms), agentId };
}
