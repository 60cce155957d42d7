import type { LRUCache } from 'lru-cache';
import type { HistoryLimits, Lifetime, LogLine, Provider } from '../../workflows/contract';
import type { Config } from '../config';
import type { Temporal } from '../temporal';
import type { Observation } from './observe';
import type { Session } from './session';

/** What sessions of one process share. */
export type SharedContext = Omit<AgentsContext, 'session'>;

/** What every operation on agents works with. */
export interface AgentsContext {
  temporal: Temporal;
  config: Config;
  /** Who answers the agents spawned here; fixed at spawn. */
  provider: Provider;
  session: Session;
  /** Task queue of the tool calls of agents spawned here. */
  toolQueue: string;
  /** Directory that `workspace` defaults to. */
  workspace: string;
  /** Trace of the caller, in the course of which agents are spawned here. */
  traceparent?: string;
  /** A run that has ended never changes: what was once read of it is kept, by its id. */
  ended: LRUCache<string, Observation>;
  /** Neither do the earlier runs of a long agent: what each added to the log, by agent and run. */
  earlier: LRUCache<string, readonly LogLine[]>;
  /** Where it is spawned from decides the lifetime rather than the type: the command line detaches. */
  defaultLifetime?: Lifetime;
  /** Lower than usual, so that a short agent goes on in new runs as a long one does: for tests. */
  historyLimits?: HistoryLimits;
  nowMs: () => number;
}
