/** What each caller is given to work with: his own agents, over the one connection of this process. */
import { newSessionId } from '../../agents/ids';
import { callerOf } from '../../agents/owner';
import { newSession } from '../../agents/session';
import type { Connection } from '../connection';
import { type ConnectionDoor, createDoor, type Door } from '../door';
import { createNamedSessions } from '../namedSessions';

export interface Doors {
  /** For a client's session that begins now. */
  session(owner: string): ConnectionDoor;
  /** For requests without a session, but for the one that they name. */
  stateless(owner: string): Door;
}

export function createDoors(connection: Connection): Doors {
  const named = createNamedSessions(connection);
  const callerFor = (owner: string) => callerOf(owner, connection.config);
  return {
    session(owner) {
      const session = newSession(newSessionId(), undefined, callerFor(owner));
      const own = createDoor(connection, { session });
      const byName = named.doorFor(session.caller);
      // A call that names a session belongs to that one, whatever it comes over.
      const open = (name?: string) => (name === undefined ? own.open() : byName.open(name));
      return { ...own, namesSessions: true, open };
    },
    stateless: (owner) => named.doorFor(callerFor(owner)),
  };
}
