/** Gives each call of a tool the agents it works on, as its session sees them. */
import type { AgentsContext } from '../agents/context';
import type { Session } from '../agents/session';
import type { Connected, Connection } from './connection';
import type { Operations } from './tool';

interface Opened {
  operations: Operations;
  agents: AgentsContext;
  /** The call is over. */
  leave?(): void;
}

export interface Door {
  /** Calls say themselves which session they belong to. Where they do not, the connection is the session. */
  namesSessions: boolean;
  open(session?: string): Promise<Opened>;
  /** Whether there has been a call: what opens nothing by itself asks before. */
  isOpen(): boolean;
  /** After "cannot be reached": the next call looks for the service anew. */
  forget(): void;
  /** What a person should be told of the service, once. */
  takeRemarks(): string[];
}

export interface DoorOptions {
  session: Session;
  takeRemarks?: () => string[];
}

/** The door of one connection, which is a session of its own. */
export interface ConnectionDoor extends Door {
  /** What was opened last, if anything: for the end of a session, which should start nothing. */
  opened(): Opened | undefined;
}

export function createDoor(connection: Connection, options: DoorOptions): ConnectionDoor {
  const { session, takeRemarks = () => [] } = options;

  function asSeen({ operations, agents }: Connected): Opened {
    return { operations, agents: { ...agents, session } };
  }

  return {
    namesSessions: false,
    async open() {
      const connected = await connection.open();
      session.lease ??= connected.operations.createLease({
        sessionId: session.id,
        leaseMs: connected.operations.leaseMsOf(connection.config),
        current: connection.current,
      });
      return asSeen(connected);
    },
    opened() {
      const connected = connection.opened();
      return connected && asSeen(connected);
    },
    isOpen: () => connection.opened() !== undefined,
    forget: connection.forget,
    takeRemarks,
  };
}
