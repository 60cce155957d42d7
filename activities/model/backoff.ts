/** How long a model call that failed rests before the next try. */
import { ApplicationFailure } from '@temporalio/common';
import type { ModelFault } from '../../workflows/contract';

const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** Who was told to wait comes back a little later than told, each at another moment: many were told the same. */
const SPREAD = { share: 0.25, leastMs: 1_000, mostMs: 30_000 };

/** @param random from 0 to 1 */
export function restMs(attempt: number, askedMs: number | undefined, random: number): number {
  if (askedMs !== undefined) {
    const spreadMs = Math.min(Math.max(askedMs * SPREAD.share, SPREAD.leastMs), SPREAD.mostMs);
    return Math.round(askedMs + random * spreadMs);
  }
  const baseMs = Math.min(FIRST_REST_MS * 2 ** (attempt - 1), LONGEST_REST_MS);
  return Math.round(baseMs * (0.5 + random));
}

/** Trouble with a model: which try failed, since when none got through, and when it is to be given up. */
export interface Trouble {
  attempt: number;
  sinceMs: number;
  nowMs: number;
  /** Absent: never. */
  giveUpAfterMs: number | undefined;
  random: number;
}

/** What time is left before the model is given up. */
export function patienceLeftMs({
  sinceMs,
  nowMs,
  giveUpAfterMs,
}: Omit<Trouble, 'attempt' | 'random'>): number {
  return giveUpAfterMs === undefined ? Number.POSITIVE_INFINITY : sinceMs + giveUpAfterMs - nowMs;
}

/**
 * Temporal's own back-off has no spread: all agents that one storm hit would come back together. So each failure that
 * is worth a retry says when; or, when the patience is over, that the model is `unavailable`.
 */
export function withRest(error: unknown, trouble: Trouble): unknown {
  if (!isRetryable(error)) return error;
  const leftMs = patienceLeftMs(trouble);
  if (leftMs <= 0) return unavailable(error.message);
  const { message, type, details, nextRetryDelay } = error;
  const askedMs = typeof nextRetryDelay === 'number' ? nextRetryDelay : undefined;
  return ApplicationFailure.create({
    message,
    ...(type ? { type } : {}),
    ...(details ? { details } : {}),
    nextRetryDelay: Math.min(restMs(trouble.attempt, askedMs, trouble.random), leftMs),
  });
}

/** Ends the call; the workflow then goes on with another model. */
export function unavailable(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'unavailable' satisfies ModelFault);
}

function isRetryable(error: unknown): error is ApplicationFailure {
  return (
    error instanceof ApplicationFailure &&
    error.type === ('retryable' satisfies ModelFault) &&
    !error.nonRetryable
  );
}
