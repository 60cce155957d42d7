import { ActivityFailure, isCancellation, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { KillReason, SessionActivities, SessionInput } from './contract';
import { LEASE_ACTIVITY } from './messages';

const { stopAgents } = proxyActivities<Pick<SessionActivities, 'stopAgents'>>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30s',
});

/**
 * The lease of one session. The session's own process heartbeats `holdLease` from outside, by its id: heartbeats are
 * not recorded, so an idle session adds nothing to its history. When they stay away that process is gone, and the
 * agents that live no longer than it are stopped.
 */
export async function session({ sessionId, leaseMs }: SessionInput): Promise<KillReason> {
  const { holdLease } = proxyActivities<Pick<SessionActivities, 'holdLease'>>({
    activityId: LEASE_ACTIVITY,
    startToCloseTimeout: '365 days',
    heartbeatTimeout: leaseMs,
    retry: { maximumAttempts: 1 },
  });
  const reason = await untilOver(holdLease);
  await stopAgents(sessionId, reason);
  return reason;
}

/**
 * One silence is no loss: when a laptop wakes from sleep its lease has run out, and its process holds the next one.
 * A whole lease without a word is.
 */
async function untilOver(holdLease: () => Promise<void>): Promise<KillReason> {
  for (let lease = 1; ; lease += 1) {
    try {
      await holdLease();
      return 'session_ended';
    } catch (error) {
      // Somebody cancelled the session in Temporal: that is an end, not a loss.
      if (isCancellation(error)) return 'session_ended';
      // The first may have been slept through from its very start.
      if (lease > 1 && !wasHeard(error)) return 'session_lost';
    }
  }
}

function wasHeard(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure && cause.lastHeartbeatDetails !== undefined;
}
