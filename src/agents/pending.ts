/** What `describe` tells of an agent's running activities: their heartbeats, retries and last failures. */

import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { AgentActivities, Progress } from '../../workflows/contract';
import { oneLine } from '../../workflows/text';
import { heartbeatOf } from './wire';

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;
type Timestamp = { seconds?: unknown; nanos?: number | null } | null | undefined;

export interface PendingLook {
  /** Absent when no activity has sent a heartbeat yet. */
  progress?: Progress;
  activity: string;
  /** The newest sign of any of them. */
  asOfMs?: number;
  /** Why what is pending does not move, where that is known. */
  trouble?: string;
  waitingFor?: string;
  /** A model call failed, and rests until its next try. */
  rests?: boolean;
}

/** Name of the activity that asks the model. */
const MODEL_ACTIVITY = 'callModel' satisfies keyof AgentActivities;
/** Four heartbeats missed. */
const SILENT_MS = 6_000;

export function lookAtPending(pending: readonly PendingActivity[], nowMs: number): PendingLook | undefined {
  const looks = pending.map((activity) => lookAtOne(activity, nowMs));
  const first = looks.find((look) => look.progress) ?? looks[0];
  if (!first) return undefined;
  const asOfMs = Math.max(0, ...looks.map((look) => look.asOfMs ?? 0));
  const trouble = looks.find((look) => look.trouble)?.trouble;
  return {
    ...first,
    activity: oneLine(looks.map((look) => look.activity).join('; '), 500),
    ...(asOfMs === 0 ? {} : { asOfMs }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function lookAtOne(pending: PendingActivity, nowMs: number): PendingLook {
  const payload = pending.heartbeatDetails?.payloads?.[0];
  const beat = payload ? heartbeatOf(defaultPayloadConverter.fromPayload(payload)) : undefined;
  const nextTry = retryOf(pending, nowMs);
  const retry = nextTry ?? silenceOf(pending, nowMs);
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
    asOfMs: signOf(pending),
    ...(nextTry === undefined ? {} : { trouble: nextTry }),
    ...(beat?.waitingFor === undefined ? {} : { waitingFor: beat.waitingFor }),
    ...(rests(pending, nowMs) ? { rests: true } : {}),
  };
}

/** Whole milliseconds, as all our times. */
function signOf({ lastHeartbeatTime, lastStartedTime, scheduledTime }: PendingActivity): number {
  return Math.trunc(
    Math.max(...[lastHeartbeatTime, lastStartedTime, scheduledTime].map((at) => millisOf(at) ?? 0)),
  );
}

/** Not when only the queue keeps the next try: a call made anew would go to its end. */
function rests(pending: PendingActivity, nowMs: number): boolean {
  const nextMs = millisOf(pending.nextAttemptScheduleTime) ?? 0;
  return pending.activityType?.name === MODEL_ACTIVITY && (pending.attempt ?? 1) > 1 && nextMs > nowMs;
}

/** A call between two tries: why the last one failed, and when the next comes. */
function retryOf(pending: PendingActivity, nowMs: number): string | undefined {
  const failure = pending.lastFailure?.message;
  const nextMs = millisOf(pending.nextAttemptScheduleTime);
  if ((pending.attempt ?? 1) < 2 || !failure || nextMs === undefined) return undefined;
  const why = asClause(oneLine(failure, 300));
  return nextMs <= nowMs
    ? `${why}, tries again as soon as a worker takes it`
    : `${why}, next try at ${clockTime(nextMs)}, in ${Math.ceil((nextMs - nowMs) / 1000)} s`;
}

/** `Rate limited (429).` → `rate limited (429)`; `API …` stays. */
function asClause(sentence: string): string {
  const clause = sentence.replace(/[.…]+$/, '');
  return /^[A-Z][a-z]* /.test(clause) ? clause.charAt(0).toLowerCase() + clause.slice(1) : clause;
}

/** With its zone: who reads this may be a model, or somebody far away. */
function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
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
