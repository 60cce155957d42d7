import { CompleteAsyncError, Context } from '@temporalio/activity';
import type { KillReason, SessionActivities } from '../workflows/contract';

export interface SessionDeps {
  /** Asks the agents of a session to stop, and tells how many it asked. */
  stopSessionAgents: (sessionId: string, reason: KillReason) => Promise<number>;
}

const HEARTBEAT_MS = 5_000;

export function createSessionActivities({ stopSessionAgents }: SessionDeps): SessionActivities {
  return {
    // The session's process heartbeats and completes it from outside; a worker only opens it.
    holdLease: () => {
      throw new CompleteAsyncError();
    },
    async stopAgents(sessionId, reason) {
      const context = Context.current();
      const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        return await stopSessionAgents(sessionId, reason);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
