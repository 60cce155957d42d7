/** What each caller is given to work with: his own agents, over the one connection of this process. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { newSessionId } from '../../agents/ids';
import { callerOf } from '../../agents/owner';
import { newSession } from '../../agents/session';
import type { Connection } from '../connection';
import { createDoor, type Door } from '../door';

export interface Doors {
  /** For a client's session that begins now. */
  session(owner: string): Door;
  /** For requests without a session: the same for each caller, and nothing ends with it. */
  stateless(owner: string): Door;
}

/** Of whom it is remembered what they have read. */
const MOST_CALLERS = 1_000;

export function createDoors(connection: Connection): Doors {
  const known = new LRUCache<string, Door>({ max: MOST_CALLERS });
  const open = (owner: string, id: string, detached: boolean) =>
    createDoor(connection, {
      session: newSession(id, undefined, callerOf(owner, connection.config)),
      ...(detached ? { defaultLifetime: 'detached' } : {}),
    });
  return {
    session: (owner) => open(owner, newSessionId(), false),
    stateless(owner) {
      const door = known.get(owner) ?? open(owner, idFor(owner), true);
      known.set(owner, door);
      return door;
    },
  };
}

/** The same on each server that serves him. */
function idFor(owner: string): string {
  return `h-${createHash('sha256').update(owner).digest('hex').slice(0, 24)}`;
}
