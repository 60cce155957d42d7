/** What is watched. */
import type { ListedAgent, ListRequest, ListResult, StatusResult } from '../agents';

export interface WatchedAgent extends ListedAgent {
  /** Absent where only the list is known. */
  look?: Pick<StatusResult, 'progress' | 'usage' | 'question' | 'model'>;
}

export interface Snapshot {
  /** Those that have not ended first, each part newest first. */
  agents: WatchedAgent[];
  counts: ListResult['counts'];
  atMs: number;
}

export type WatchRequest = Pick<ListRequest, 'agent_type' | 'scope' | 'status' | 'limit'>;

export function isOpen({ status: now }: Pick<ListedAgent, 'status'>): boolean {
  return now === 'pending' || now === 'running' || now === 'waiting';
}

export function openCount({ pending = 0, running = 0, waiting = 0 }: ListResult['counts']): number {
  return pending + running + waiting;
}
