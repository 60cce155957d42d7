/** How many model calls of each tier one process makes at a time, through whichever queue they come to it. */
import type { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ModelFault, Tier } from '../../workflows/contract';
import { tierOn } from '../../workflows/queues';

/** Gives the place back. */
export type Leave = () => void;

export interface ModelPlaces {
  /** At once or not at all: who gets none waits in the queue of its tier, where the server sees to fairness. */
  take(tier: Tier, nowMs: number): Leave | undefined;
  /** As soon as one is free, first come first served; undefined when `signal` was aborted before. */
  wait(tier: Tier, signal: AbortSignal): Promise<Leave | undefined>;
}

/** @param atOnce of the tiers whose calls may come past their queue; a tier that is not among them has none to take */
export function createModelPlaces(atOnce: Partial<Record<Tier, number>>): ModelPlaces {
  const tiers = new Map<Tier, TierPlaces>();
  const of = (tier: Tier) => {
    const known = tiers.get(tier) ?? new TierPlaces(atOnce[tier]);
    tiers.set(tier, known);
    return known;
  };
  return { take: (tier, nowMs) => of(tier).take(nowMs), wait: (tier, signal) => of(tier).wait(signal) };
}

/**
 * Of a call that its queue let through, or of one that came past it.
 * @throws ApplicationFailure `no_place` for the latter: it is then made again, through the queue
 */
export async function placeFor(
  { info }: Context,
  tier: Tier,
  places: ModelPlaces,
  signal: AbortSignal,
): Promise<Leave | undefined> {
  if (tierOn(info.taskQueue) !== undefined) return places.wait(tier, signal);
  const leave = places.take(tier, Date.now());
  if (!leave) throw noPlace(tier);
  return leave;
}

function noPlace(tier: Tier): ApplicationFailure {
  return ApplicationFailure.create({
    message: `No place is free for a ${tier} call just now: it waits in the queue of its tier.`,
    type: 'no_place' satisfies ModelFault,
    nonRetryable: true,
    // Nothing to warn of in a log.
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** A queue with a backlog fills a place within milliseconds; whoever came past it just then would be before all who queue. */
const BACKLOG_MS = 2_000;

class TierPlaces {
  private taken = 0;
  /** When somebody was last turned away for want of a place. */
  private fullAtMs = Number.NEGATIVE_INFINITY;
  private readonly waiting = new Set<(leave: Leave) => void>();

  /** @param limit undefined: only the queue limits its calls */
  constructor(private readonly limit: number | undefined) {}

  take(nowMs: number): Leave | undefined {
    if (nowMs - this.fullAtMs < BACKLOG_MS) return undefined;
    const leave = this.taking();
    if (!leave) this.fullAtMs = nowMs;
    return leave;
  }

  async wait(signal: AbortSignal): Promise<Leave | undefined> {
    if (signal.aborted) return undefined;
    if (this.limit === undefined) return () => undefined;
    return this.taking() ?? this.handedOver(signal);
  }

  private taking(): Leave | undefined {
    if (this.limit === undefined || this.taken >= this.limit) return undefined;
    this.taken += 1;
    return this.leaving();
  }

  /** The place goes from one to the next without being free in between. */
  private leaving(): Leave {
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      const [next] = this.waiting;
      if (next) next(this.leaving());
      else this.taken -= 1;
    };
  }

  private handedOver(signal: AbortSignal): Promise<Leave | undefined> {
    return new Promise((resolve) => {
      const settle = (leave: Leave | undefined) => {
        this.waiting.delete(settle);
        signal.removeEventListener('abort', giveUp);
        resolve(leave);
      };
      const giveUp = () => settle(undefined);
      this.waiting.add(settle);
      signal.addEventListener('abort', giveUp);
    });
  }
}
