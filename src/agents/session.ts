import type { Lifetime } from '../../workflows/contract';
import type { Lease } from './lease';
import { type Caller, LOCAL_CALLER } from './owner';
import { placesInMemory, type ReadingPlaces } from './readingPlaces';

export interface Spawned {
  agentId: string;
  atMs: number;
  lifetime: Lifetime;
}

type KeyedSpawn = Promise<{ agentId: string; taskHash: string; isNew: boolean }>;

/** One orchestrator's connection, or what it names instead of one: its id, what it spawned, and how far it has read each agent. */
export interface Session {
  id: string;
  /** Decides which agents it may know of. */
  caller: Caller;
  /** Agents spawned here, newest last: visibility lags, and a session sees its own spawns at once. */
  spawned: Spawned[];
  places: ReadingPlaces;
  /** Spawns by idempotency key, so that the same key at the same instant starts one agent. */
  keyed: {
    get(key: string): KeyedSpawn | undefined;
    set(key: string, spawn: KeyedSpawn): unknown;
    delete(key: string): unknown;
  };
  /** Spawns under way: the end of the session waits for them, so that none slips through. */
  starting: Set<Promise<unknown>>;
  /** Says to the server that this session is alive; a session without one, as the command line's, has no session-bound agents to lose. */
  lease?: Lease;
  /** Nothing is spawned any more. */
  ended: boolean;
  /** It never ends, so that no agent can live as long as it: of callers that name no session. */
  isEndless?: true;
}

export function newSession(
  id: string,
  places: ReadingPlaces = placesInMemory(),
  caller: Caller = LOCAL_CALLER,
): Session {
  return { id, caller, spawned: [], places, keyed: new Map(), starting: new Set(), ended: false };
}

/** The end of the session waits for what is under way. */
export async function underWay<T>({ starting }: Session, work: Promise<T>): Promise<T> {
  starting.add(work);
  try {
    return await work;
  } finally {
    starting.delete(work);
  }
}
