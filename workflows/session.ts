import {
  ActivityFailure,
  CancellationScope,
  proxyActivities,
  setHandler,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { KillReason, SessionActivities, SessionInput } from './contract';
import { endSignal, LEASE_ACTIVITY } from './messages';

const { stopAgents } = proxyActivities<Pick<SessionActivities, 'stopAgents'>>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30s',
});

/** What sessions had that were begun before this was said in their input. */
const FORMER_SILENCES = 2;

/**
 * The lease of one session. The session's own process heartbeats `holdLease` from outside, by its id: heartbeats are
 * not recorded, so an idle session adds nothing to its history. When they stay away that process is gone, and the
 * agents that live no longer than it are stopped.
 */
export async function session(input: SessionInput): Promise<KillReason> {
  const end = new Promise<void>((resolve) => {
    setHandler(endSignal, resolve);
    // Somebody cancelled this workflow in Temporal: that is an end, not a loss.
    CancellationScope.current().cancelRequested.catch(() => resolve());
  });
  return CancellationScope.nonCancellable(async () => {
    const reason = await untilOver(input, end);
    // A process taken for dead that lives on takes another lease for what it spawns from here on.
    await stopAgents(input.sessionId, reason, reason === 'session_lost' ? Date.now() : undefined);
    return reason;
  });
}

/**
 * One silence is no loss: when a laptop wakes from sleep its lease has run out, and its process holds the next one.
 * Several in a row are.
 */
async function untilOver(
  { leaseMs, silences = FORMER_SILENCES }: SessionInput,
  end: Promise<void>,
): Promise<KillReason> {
  const { holdLease } = proxyActivities<Pick<SessionActivities, 'holdLease'>>({
    activityId: LEASE_ACTIVITY,
    startToCloseTimeout: '365 days',
    heartbeatTimeout: leaseMs,
    retry: { maximumAttempts: 1 },
  });
  for (let silent = 0; silent < silences; ) {
    try {
      // The lease is left as it is at the end: an abandoned activity that times out later breaks the workflow's replay.
      await Promise.race([holdLease(), end]);
      return 'session_ended';
    } catch (error) {
      silent = wasHeard(error) ? 1 : silent + 1;
    }
  }
  return 'session_lost';
}

function wasHeard(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure && cause.lastHeartbeatDetails !== undefined;
}
