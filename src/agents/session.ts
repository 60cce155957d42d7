import type { Lifetime } from '../../workflows/contract';
import type { Lease } from './lease';
import { type Caller, LOCAL_CALLER } from './owner';

export interface Spawned {
  agentId: string;
  atMs: number;
  lifetime: Lifetime;
}

/** One orchestrator's connection: its id, what it spawned, and how far it has read each agent. */
export interface Session {
  id: string;
  /** Decides which agents it may know of. */
  caller: Caller;
  /** Agents spawned here, newest last: visibility lags, and a session sees its own spawns at once. */
  spawned: Spawned[];
  places: ReadingPlaces;
  /** Spawns by idempotency key, so that the same key at the same instant starts one agent. */
  keyed: Map<string, Promise<{ agentId: string; taskHash: string; isNew: boolean }>>;
  /** Spawns under way: the end of the session waits for them, so that none slips through. */
  starting: Set<Promise<unknown>>;
  /** Says to the server that this session is alive; a session without one, as the command line's, has no session-bound agents to lose. */
  lease?: Lease;
  /** Nothing is spawned any more. */
  ended: boolean;
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

/** Under which name a session remembers that it has read an ending: an agent that went on after one has several. */
export function endingKey(of: { agentId: string; runId: string; wentOn?: true | undefined }): string {
  return of.wentOn ? `${of.agentId}-${of.runId}` : of.agentId;
}

/** How far a session has read the log of each agent, and which results it has read to the end. */
export interface ReadingPlaces {
  /** Lines of the log already read. */
  get(agentId: string): number;
  set(agentId: string, lines: number, readToTheEnd: boolean): void;
  hasReadToTheEnd(agentId: string): boolean;
}

function placesInMemory(): ReadingPlaces {
  const lines = new Map<string, number>();
  const ended = new Set<string>();
  return {
    get: (agentId) => lines.get(agentId) ?? 0,
    set(agentId, count, readToTheEnd) {
      lines.set(agentId, count);
      if (readToTheEnd) ended.add(agentId);
    },
    hasReadToTheEnd: (agentId) => ended.has(agentId),
  };
}
