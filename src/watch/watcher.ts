/** Looks again and again, through a service that goes away and comes back, and no more often than something changes. */
import type { AgentsContext } from '../agents/context';
import { UserError } from '../agents/errors';
import { snapshotOf } from './snapshot';
import { openCount, type Snapshot, type WatchRequest } from './watched';

type Sight =
  | { kind: 'snapshot'; snapshot: Snapshot }
  /** The service does not answer; the agents may well go on. */
  | { kind: 'lost'; sinceMs: number; why: string };

export interface Watcher {
  look(request: WatchRequest): Promise<Sight>;
  /** How long nothing new is to be expected. */
  pauseMs(): number;
  agents(): AgentsContext;
  close(): Promise<void>;
}

export interface WatcherOptions {
  agents: AgentsContext;
  /** What runs now, started by nobody here; undefined while nothing does. */
  reopen(): Promise<AgentsContext | undefined>;
  /** Known at once, and without asking anybody: false while the local service is down. */
  isUp(): boolean;
}

const BUSY_MS = 1_000;
const IDLE_MS = 5_000;

export function createWatcher({ agents: first, reopen, isUp }: WatcherOptions): Watcher {
  let agents = first;
  let lostSinceMs: number | undefined;
  let isBroken = false;
  let pauseMs = BUSY_MS;
  let last: Snapshot | undefined;

  async function connected(): Promise<AgentsContext> {
    if (!isUp()) throw new UserError('unreachable', 'The local service is down. Start it with: bga up');
    if (!isBroken) return agents;
    const again = await reopen();
    if (!again) throw new UserError('unreachable', 'The local service is down. Start it with: bga up');
    const before = agents;
    agents = again;
    isBroken = false;
    await before.temporal.close().catch(() => undefined);
    return agents;
  }

  return {
    async look(request) {
      try {
        const snapshot = await snapshotOf(await connected(), request, last);
        last = snapshot;
        lostSinceMs = undefined;
        const isBusy = openCount(snapshot.counts) > 0;
        pauseMs = isBusy ? BUSY_MS : Math.min(IDLE_MS, pauseMs * 1.5);
        return { kind: 'snapshot', snapshot };
      } catch (error) {
        // A wrong question stays wrong.
        if (error instanceof UserError && error.kind === 'invalid') throw error;
        isBroken = true;
        pauseMs = BUSY_MS;
        lostSinceMs ??= Date.now();
        return {
          kind: 'lost',
          sinceMs: lostSinceMs,
          why: error instanceof Error ? error.message : String(error),
        };
      }
    },
    pauseMs: () => pauseMs,
    agents: () => agents,
    close: () => agents.temporal.close(),
  };
}
