/** How long the turns of an agent took, by what its histories say. */
import { optionalTsToMs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * From one call of the model to the next; the last one's to the end.
 * @param events of all runs of the agent, oldest first
 */
export function turnTimesMs(events: readonly HistoryEvent[]): number[] {
  const askedMs = events.filter(isModelCall).map(atMs);
  const last = events.at(-1);
  const endMs = last ? atMs(last) : 0;
  return askedMs.map((fromMs, index) => (askedMs[index + 1] ?? endMs) - fromMs);
}

function isModelCall({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent): boolean {
  return scheduled?.activityType?.name === 'callModel';
}

function atMs({ eventTime }: HistoryEvent): number {
  return optionalTsToMs(eventTime) ?? 0;
}
