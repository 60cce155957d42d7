import { isCancellation, proxyActivities } from '@temporalio/workflow';
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
    // Two attempts: when a laptop wakes from sleep the first has timed out, and its process holds the second.
    retry: { maximumAttempts: 2, initialInterval: '1s' },
  });
  const reason = await holdLease().then(
    (): KillReason => 'session_ended',
    // Somebody cancelled the session in Temporal: that is an end, not a loss.
    (error: unknown): KillReason => (isCancellation(error) ? 'session_ended' : 'session_lost'),
  );
  await stopAgents(sessionId, reason);
  return reason;
}
