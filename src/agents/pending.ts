/** What `describe` tells of an agent's running activities: their heartbeats, retries and last failures. */

import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { Progress } from '../../workflows/contract';
import { oneLine } from '../../workflows/text';
import { heartbeatOf } from './wire';

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;
type Timestamp = { seconds?: unknown; nanos?: number | null } | null | undefined;

export interface PendingLook {
  /** Absent when no activity has sent a heartbeat yet. */
  progress?: Progress;
  activity: string;
  waitingFor?: string;
}

/** Three heartbeats missed. */
const SILENT_MS = 6_000;

export function lookAtPending(pending: readonly PendingActivity[], nowMs: number): PendingLook | undefined {
  const looks = pending.map((activity) => lookAtOne(activity, nowMs));
  const first = looks.find((look) => look.progress) ?? looks[0];
  if (!first) return undefined;
  return { ...first, activity: oneLine(looks.map((look) => look.activity).join('; '), 300) };
}

function lookAtOne(pending: PendingActivity, nowMs: number): PendingLook {
  const payload = pending.heartbeatDetails?.payloads?.[0];
  const beat = payload ? heartbeatOf(defaultPayloadConverter.fromPayload(payload)) : undefined;
  const retry = retryOf(pending) ?? silenceOf(pending, nowMs);
  const doing = beat?.activity ?? 'waiting for its place in the queue';
  return {
    ...(beat
      ? {
          progress: {
            startedAtMs: beat.startedAtMs,
            turn: beat.turn,
            toolCalls: beat.toolCalls,
            usage: beat.usage,
          },
        }
      : {}),
    activity: retry ?? doing,
    ...(beat?.waitingFor === undefined ? {} : { waitingFor: beat.waitingFor }),
  };
}

/** A call between two tries: why the last one failed, and when the next comes. */
function retryOf(pending: PendingActivity): string | undefined {
  const failure = pending.lastFailure?.message;
  const nextMs = millisOf(pending.nextAttemptScheduleTime);
  if ((pending.attempt ?? 1) < 2 || !failure || nextMs === undefined) return undefined;
  return `${oneLine(failure, 160)}; next try at ${new Date(nextMs).toISOString()}`;
}

function silenceOf(pending: PendingActivity, nowMs: number): string | undefined {
  const lastMs = millisOf(pending.lastHeartbeatTime) ?? millisOf(pending.lastStartedTime);
  if (lastMs === undefined || nowMs - lastMs < SILENT_MS) return undefined;
  return `no sign of life from its worker for ${Math.round((nowMs - lastMs) / 1000)} s; it goes on when one is up`;
}

function millisOf(time: Timestamp): number | undefined {
  const seconds = Number(time?.seconds ?? 0);
  return seconds > 0 ? seconds * 1000 + (time?.nanos ?? 0) / 1e6 : undefined;
}
