/** One run of an agent as its history has it: fetched and decoded here, so that no worker is needed to read it. */

import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { decode, decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import type { ModelFault } from '../../workflows/contract';
import type { Recorded } from '../export/recorded';
import type { Temporal } from '../temporal';
import { isNotFound } from '../temporalErrors';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads;

/** A run ends at about 1 MB; an agent of a version that did not continue may have more. */
const FETCH_TIMEOUT_MS = 60_000;
const LOCAL_ACTIVITY = 'core_local_activity';

/** Undefined once the server has deleted it. */
export async function recordedRun(
  temporal: Temporal,
  agentId: string,
  runId: string,
): Promise<Recorded[] | undefined> {
  try {
    const handle = temporal.client.workflow.getHandle(agentId, runId);
    const { events } = await temporal.call(() => handle.fetchHistory(), FETCH_TIMEOUT_MS);
    const recorded: Recorded[] = [];
    for (const event of events ?? []) {
      const told = await decoded(temporal, runId, event);
      if (told) recorded.push(told);
    }
    return recorded;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What its run began with; the whole of it may be long. */
export async function beginningOf(
  temporal: Temporal,
  { agentId, runId }: { agentId: string; runId: string },
  timeoutMs: number,
): Promise<readonly unknown[]> {
  const { workflowService, options } = temporal.client;
  const execution = { workflowId: agentId, runId };
  const request = { namespace: options.namespace, execution, maximumPageSize: 1 };
  const { history } = await temporal.call(
    () => workflowService.getWorkflowExecutionHistory(request),
    timeoutMs,
  );
  const [first] = history?.events ?? [];
  const told = first && (await decoded(temporal, runId, first));
  return told?.kind === 'started' ? told.args : [];
}

async function decoded(
  temporal: Temporal,
  runId: string,
  event: HistoryEvent,
): Promise<Recorded | undefined> {
  const kind = await kindOf(temporal, runId, event);
  return kind && { ...kind, atMs: optionalTsToMs(event.eventTime) ?? 0 };
}

type Kind<T = Recorded> = T extends unknown ? Omit<T, 'atMs'> : never;

async function kindOf(temporal: Temporal, runId: string, event: HistoryEvent): Promise<Kind | undefined> {
  const values = (payloads: Payloads | null | undefined) => valuesOf(temporal, payloads?.payloads);
  const {
    workflowExecutionStartedEventAttributes: started,
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskStartedEventAttributes: begun,
    activityTaskCompletedEventAttributes: done,
    activityTaskFailedEventAttributes: failed,
    activityTaskTimedOutEventAttributes: timedOut,
    markerRecordedEventAttributes: marker,
    workflowExecutionSignaledEventAttributes: signal,
    workflowExecutionUpdateAcceptedEventAttributes: update,
  } = event;
  if (started) return { kind: 'started', runId, args: await values(started.input) };
  if (scheduled)
    return {
      kind: 'scheduled',
      eventId: String(event.eventId),
      seq: Number(scheduled.activityId),
      activity: scheduled.activityType?.name ?? '',
      args: await values(scheduled.input),
    };
  if (begun)
    return { kind: 'begun', scheduledId: String(begun.scheduledEventId), attempt: begun.attempt ?? 1 };
  if (done) {
    const [result] = await values(done.result);
    return { kind: 'done', scheduledId: String(done.scheduledEventId), result };
  }
  if (failed?.failure?.applicationFailureInfo?.type === ('no_place' satisfies ModelFault))
    return { kind: 'sentBack', scheduledId: String(failed.scheduledEventId) };
  const fault = failed ?? timedOut;
  if (fault)
    return {
      kind: 'failed',
      scheduledId: String(fault.scheduledEventId),
      why: await why(temporal, fault.failure),
    };
  if (marker?.markerName === LOCAL_ACTIVITY) {
    const [[data], [result]] = await Promise.all([
      values(marker.details?.data),
      values(marker.details?.result),
    ]);
    return { kind: 'tried', seq: Number(Object(data).seq), result };
  }
  if (signal) return { kind: 'told', name: signal.signalName ?? '', args: await values(signal.input) };
  const input = update?.acceptedRequest?.input;
  if (input) return { kind: 'told', name: input.name ?? '', args: await values(input.args) };
  return endOf(event);
}

function endOf(event: HistoryEvent): Kind | undefined {
  if (event.workflowExecutionTerminatedEventAttributes)
    return { kind: 'ended', how: 'terminated in Temporal' };
  if (event.workflowExecutionTimedOutEventAttributes) return { kind: 'ended', how: 'timed out in Temporal' };
  return undefined;
}

async function why({ client }: Temporal, failure: temporal.api.failure.v1.IFailure | null | undefined) {
  const error = await decodeOptionalFailureToOptionalError(client.options.loadedDataConverter, failure);
  const cause = error?.cause instanceof Error ? error.cause : error;
  return cause?.message ?? 'failed';
}

async function valuesOf({ client }: Temporal, payloads: Payload[] | null | undefined): Promise<unknown[]> {
  const { payloadCodecs } = client.options.loadedDataConverter;
  const plain = await decode(payloadCodecs, payloads ?? []);
  return plain.map((payload) => defaultPayloadConverter.fromPayload(payload));
}
