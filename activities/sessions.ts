import { CompleteAsyncError, Context } from '@temporalio/activity';
import type { SessionActivities } from '../workflows/contract';

export interface SessionDeps {
  /** Asks the agents of a session to stop, and tells how many it asked. */
  stopSessionAgents: SessionActivities['stopAgents'];
}

const HEARTBEAT_MS = 5_000;

export function createSessionActivities({ stopSessionAgents }: SessionDeps): SessionActivities {
  return {
    // The session's process heartbeats it from outside; a worker only opens it.
    holdLease: () => {
      throw new CompleteAsyncError();
    },
    async stopAgents(sessionId, reason, spawnedBeforeMs) {
      const context = Context.current();
      const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        return await stopSessionAgents(sessionId, reason, spawnedBeforeMs);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
