import { decode, decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import type { Temporal } from '../temporal';

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/** The client decodes whatever it returns, except these: heartbeats and failures of running activities, as they were written. */
export function decodedPending(
  { client }: Temporal,
  pending: readonly PendingActivity[],
): Promise<PendingActivity[]> {
  const converter = client.options.loadedDataConverter;
  return Promise.all(
    pending.map(async ({ heartbeatDetails, lastFailure, ...activity }) => {
      const failure = await decodeOptionalFailureToOptionalError(converter, lastFailure);
      return {
        ...activity,
        heartbeatDetails: {
          payloads: await decode(converter.payloadCodecs, heartbeatDetails?.payloads ?? []),
        },
        ...(failure ? { lastFailure: { ...lastFailure, message: failure.message } } : {}),
      };
    }),
  );
}
