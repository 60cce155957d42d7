/** What crosses a boundary about sessions, of which the agents' own contract is `contract.ts`. */
import type { KillReason } from './contract';
import type { Reading } from './readings';

export interface SessionInput {
  sessionId: string;
  /** Silence of the session's process after which one lease is over. */
  leaseMs: number;
  /** Silent leases in a row after which it is taken for dead. */
  silences?: number;
}

export interface NamedSessionInput {
  sessionId: string;
  /** Without a call for so long, the agents that live no longer than the session are stopped. */
  silenceMs: number;
  /** Of the run before this one. */
  heardAtMs?: number;
  /** There may be agents that live no longer than the session. */
  isBound?: boolean;
  readings?: [key: string, reading: Reading][];
  eventsOfARun?: number;
}

export interface SessionActivities {
  /** Heartbeated from outside, by the session's own process. */
  holdLease(): Promise<void>;
  /** Stops the agents that live no longer than their session, until none is left; returns how many. */
  stopAgents(sessionId: string, reason: KillReason, spawnedBeforeMs?: number): Promise<number>;
}
