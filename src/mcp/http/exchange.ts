/** Requests under way, and whether new ones are still taken. */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** One request, by whom it was made, and when it is over. */
export interface Exchange {
  owner: string;
  closed: Promise<void>;
}

export interface Exchanges {
  begin(owner: string, response: ServerResponse, kind: 'call' | 'stream'): Exchange;
  /** No call is under way any more, or the time is up; streams that only listen count for nothing. */
  settled(graceMs: number): Promise<void>;
}

export function createExchanges(): Exchanges {
  const calls = new Set<Promise<void>>();
  return {
    begin(owner, response, kind) {
      const closed = new Promise<void>((resolve) => response.once('close', () => resolve()));
      if (kind === 'call') {
        calls.add(closed);
        void closed.then(() => calls.delete(closed));
      }
      return { owner, closed };
    },
    async settled(graceMs) {
      const late = new AbortController();
      const end = delay(graceMs, 'late', { signal: late.signal }).catch(() => 'late');
      while (calls.size > 0) if ((await Promise.race([Promise.all(calls), end])) === 'late') break;
      late.abort();
    },
  };
}
