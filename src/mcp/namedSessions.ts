/** The sessions that calls over a transport without a connection have named, and what this process has just done in them. */
import { LRUCache } from 'lru-cache';
import type { NamedSession } from '../agents/namedSession';
import type { Caller } from '../agents/owner';
import type { Connection } from './connection';
import type { Door } from './door';

/** Sessions that are not forgotten between two calls; of another one, everything is looked up again. */
const KEPT_SESSIONS = 1_000;
/** By then visibility has long shown what was spawned. */
const SPAWNED_MS = 600_000;

export interface NamedSessions {
  /** The door for calls of one caller, each of which names its session or none. */
  doorFor(caller: Caller, takeRemarks?: () => string[]): Door;
}

export function createNamedSessions(connection: Connection): NamedSessions {
  const known = new LRUCache<string, NamedSession>({ max: KEPT_SESSIONS });

  async function sessionOf(caller: Caller, name: string | undefined): Promise<NamedSession> {
    // Loaded at the first call, as Temporal's client is.
    const { namedSession } = await import('../agents/namedSession');
    const key = JSON.stringify([caller, name ?? null]);
    const { sessionIdleMs: silenceMs } = connection.config.http;
    const session = known.get(key) ?? namedSession({ caller, name, silenceMs, current: connection.current });
    known.set(key, session);
    session.spawned = session.spawned.filter(({ atMs }) => atMs > Date.now() - SPAWNED_MS);
    return session;
  }

  return {
    doorFor: (caller, takeRemarks = () => []) => ({
      namesSessions: true,
      async open(name) {
        const { operations, agents } = await connection.open();
        const session = await sessionOf(caller, name);
        const lifetime = session.isEndless ? { defaultLifetime: 'detached' as const } : {};
        return { operations, agents: { ...agents, ...lifetime, session }, leave: session.enter() };
      },
      isOpen: () => connection.opened() !== undefined,
      forget: connection.forget,
      takeRemarks,
    }),
  };
}
