/**
 * A session that its callers name, because their transport has no connection: how far it has read each agent, and a
 * claim to be alive that every call renews. Between two calls it adds nothing to its history.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { NamedSessionInput, SessionActivities } from './contract';
import { endSignal, heardSignal, holdSignal, readingsQuery, readSignal } from './messages';
import { moved, picked, type Readings } from './readings';

const { stopAgents } = proxyActivities<Pick<SessionActivities, 'stopAgents'>>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30s',
});

/** Results are kept no longer than this, so that nobody asks how far they were read. */
const KEPT_MS = 30 * 86_400_000;
/** They replay within a second. */
const EVENTS_OF_A_RUN = 1_000;

export async function namedSession(input: NamedSessionInput): Promise<void> {
  let { silenceMs, heardAtMs = Date.now(), isBound = false } = input;
  let readings: Readings = new Map(input.readings);
  let isEnded = false;
  let isCancelled = false;
  setHandler(heardSignal, () => {
    heardAtMs = Date.now();
  });
  setHandler(holdSignal, (configuredMs) => {
    heardAtMs = Date.now();
    silenceMs = configuredMs;
    isBound = true;
  });
  setHandler(readSignal, (key, move) => {
    heardAtMs = Date.now();
    readings = moved(readings, [[key, move]]);
  });
  setHandler(endSignal, () => {
    isEnded = true;
  });
  setHandler(readingsQuery, (keys) => picked(readings, keys));
  // Somebody cancelled this workflow in Temporal: that is an end, not a loss.
  CancellationScope.current().cancelRequested.catch(() => {
    isEnded = true;
    isCancelled = true;
  });

  const isFull = () => workflowInfo().historyLength > (input.eventsOfARun ?? EVENTS_OF_A_RUN);
  const dueMs = () => heardAtMs + (isBound ? silenceMs : KEPT_MS);
  const untilDueOrToldOf = async (wasBound: boolean) => {
    const hasNews = () => isEnded || isBound !== wasBound || isFull();
    await condition(hasNews, Math.max(1, dueMs() - Date.now()));
  };
  await CancellationScope.nonCancellable(async () => {
    // Nothing is awaited between the last look at the clock and the end: a signal that comes then makes the server refuse that end.
    while (!isCancelled || isEnded) {
      if (isEnded || (isBound && dueMs() <= Date.now())) {
        const reason = isEnded ? 'session_ended' : 'session_lost';
        isEnded = false;
        // What is spawned from here on belongs to a session that somebody has taken up again.
        isBound = false;
        await stopAgents(input.sessionId, reason, Date.now());
      } else if (dueMs() <= Date.now()) {
        return;
      } else if (isFull()) {
        await continueAsNew<typeof namedSession>({
          ...input,
          silenceMs,
          heardAtMs,
          isBound,
          readings: [...readings],
        });
      } else {
        await untilDueOrToldOf(isBound);
      }
    }
  });
}
