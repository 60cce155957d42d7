import { ApplicationFailure, type Context } from '@temporalio/activity';
import type { Heartbeat, Progress } from '../workflows/contract';

/**
 * Far less than the heartbeat time-out, so that late ticks of a busy process cannot fail the activity; and no more than a
 * kill may take. Each heartbeat costs server and worker 2 ms of CPU: of 200 agents, once a second, a third of a core.
 */
const INTERVAL_MS = 1_500;
/** Most tool calls end before it. Until then an agent's status has to be asked of its worker, which takes three times as long. */
const FIRST_MS = 150;

export interface Pulse {
  /** Aborted when the agent is stopped, and when this worker shuts down. */
  signal: AbortSignal;
  /** Changes what the next heartbeat says the agent does. */
  say(activity: string, waitingFor?: string): void;
  /** Notes that the call failed, unless an earlier try did already; returns when the first did. */
  noteTrouble(nowMs: number): number;
}

/**
 * Runs an activity while heartbeating every 1.5 s, whatever it is doing: a dead worker is then noticed in
 * seconds, a cancellation arrives in seconds, and `describe` tells what the agent does without asking a worker.
 */
export async function withPulse<T extends object>(
  context: Context,
  progress: Progress,
  activity: string,
  body: (pulse: Pulse) => Promise<T>,
  wasAborted: (result: T) => boolean,
): Promise<T> {
  let troubleSinceMs = earlierTrouble(context);
  const beatOf = (now: string, waitingFor?: string): Heartbeat => ({
    ...progress,
    activity: now,
    ...(waitingFor === undefined ? {} : { waitingFor }),
    ...(troubleSinceMs === undefined ? {} : { troubleSinceMs }),
  });
  let beat = beatOf(activity);
  const send = () => context.heartbeat(beat);
  let timer = setTimeout(() => {
    send();
    timer = setInterval(send, INTERVAL_MS);
  }, FIRST_MS);
  try {
    const result = await body({
      signal: context.cancellationSignal,
      say: (now, waitingFor) => {
        beat = beatOf(now, waitingFor);
      },
      noteTrouble: (nowMs) => {
        if (troubleSinceMs === undefined) {
          troubleSinceMs = nowMs;
          beat = beatOf(beat.activity, beat.waitingFor);
          send();
        }
        return troubleSinceMs;
      },
    });
    if (wasAborted(result) && !context.cancellationDetails?.cancelRequested) throw handOver();
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** The server keeps the last heartbeat of the tries before. */
function earlierTrouble({ info }: Context): number | undefined {
  const last: unknown = info.heartbeatDetails;
  if (typeof last !== 'object' || last === null || !('troubleSinceMs' in last)) return undefined;
  return typeof last.troubleSinceMs === 'number' ? last.troubleSinceMs : undefined;
}

/** Nothing went wrong with the call, so the next worker takes it at once. */
const HANDOVER_MS = 10;

/** Aborted, but not by the agent: this worker shuts down, or the server gave the activity to another one. */
function handOver(): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'The worker is shutting down; another one takes this over.',
    type: 'retryable',
    nextRetryDelay: HANDOVER_MS,
  });
}
