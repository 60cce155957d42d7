/** What the server itself says of agents' activities: those under way, and those that their histories hold as completed. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { AgentsContext } from '../../src/agents/context';

type Event = temporal.api.history.v1.IHistoryEvent;

/** `PENDING_ACTIVITY_STATE_STARTED`. */
const STARTED = 2;

/** How many agents have a started activity of this type, by what the server itself says. */
export async function inFlight(
  agents: AgentsContext,
  ids: readonly string[],
  activity: string,
): Promise<number> {
  const described = await Promise.all(
    ids.map((id) => agents.temporal.client.workflow.getHandle(id).describe()),
  );
  return described.filter(({ raw }) =>
    (raw.pendingActivities ?? []).some(
      (pending) => pending.activityType?.name === activity && pending.state === STARTED,
    ),
  ).length;
}

/** By type, over all the runs of an agent; a tool call that was done at its try counts as one of `callTool`. */
export async function completedActivities(
  agents: AgentsContext,
  id: string,
): Promise<Record<string, number>> {
  const types = new Map<string, string>();
  const counts: Record<string, number> = {};
  for (const runId of await runIdsOf(agents, id)) {
    const { events } = await agents.temporal.client.workflow.getHandle(id, runId).fetchHistory();
    for (const event of events ?? []) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled) types.set(`${runId} ${event.eventId}`, scheduled.activityType?.name ?? '');
      const completed = event.activityTaskCompletedEventAttributes;
      const type = completed && types.get(`${runId} ${completed.scheduledEventId}`);
      if (type) counts[type] = (counts[type] ?? 0) + 1;
      if (triedTool(event)?.done) counts.callTool = (counts.callTool ?? 0) + 1;
    }
  }
  return counts;
}

/** Type of the local activity that an event holds. */
export function triedType({ markerRecordedEventAttributes: marker }: Event): string | undefined {
  const [data] = marker?.details?.data?.payloads ?? [];
  return data && defaultPayloadConverter.fromPayload<{ activity_type: string }>(data).activity_type;
}

/** What an event tells of a tool call that was tried within its workflow task. */
export function triedTool(event: Event) {
  const type = triedType(event);
  if (type === undefined) return undefined;
  const [result] = event.markerRecordedEventAttributes?.details?.result?.payloads ?? [];
  const summary = event.userMetadata?.summary;
  return {
    type,
    summary: summary ? defaultPayloadConverter.fromPayload<string>(summary) : undefined,
    // A large result is compressed; null never is.
    done: result !== undefined && Buffer.from(result.data ?? []).toString() !== 'null',
  };
}

/** The runs of an agent, newest first: each names the one that it continues. */
export async function runIdsOf(agents: AgentsContext, id: string): Promise<string[]> {
  const { workflow } = agents.temporal.client;
  const runIds: string[] = [];
  let runId = (await workflow.getHandle(id).describe()).runId;
  while (runId) {
    runIds.push(runId);
    const { events } = await workflow.getHandle(id, runId).fetchHistory();
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return runIds;
}
