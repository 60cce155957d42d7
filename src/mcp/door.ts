/** Gives each call of a tool the agents it works on, as its session sees them. */
import type { AgentsContext } from '../agents/context';
import type { Session } from '../agents/session';
import type { Connected, Connection } from './connection';
import type { Operations } from './tool';

interface Opened {
  operations: Operations;
  agents: AgentsContext;
}

export interface Door {
  open(): Promise<Opened>;
  /** What was opened last, if anything: for the end of a session, which should start nothing. */
  opened(): Opened | undefined;
  /** After "cannot be reached": the next call looks for the service anew. */
  forget(): void;
  /** What a person should be told of the service, once. */
  takeRemarks(): string[];
}

export interface DoorOptions {
  session: Session;
  /** In place of what the types say. */
  defaultLifetime?: AgentsContext['defaultLifetime'];
  takeRemarks?: () => string[];
}

export function createDoor(connection: Connection, options: DoorOptions): Door {
  const { session, defaultLifetime, takeRemarks = () => [] } = options;

  function asSeen({ operations, agents }: Connected): Opened {
    const lifetime = defaultLifetime === undefined ? {} : { defaultLifetime };
    return { operations, agents: { ...agents, ...lifetime, session } };
  }

  return {
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
    forget: connection.forget,
    takeRemarks,
  };
}
