import { withoutKeys, withoutKeysSoFar } from '../redact';
import { type Access, type AccessOptions, connect, readAccess } from './anthropic-access';
import { StreamFault } from './anthropic-errors';
import { toParams } from './anthropic-request';
import {
  abortedAnswer,
  addEvent,
  answerOf,
  EMPTY_STREAM,
  type StreamAnswer,
  type StreamState,
} from './anthropic-stream';
import { type DeadlineLimits, startDeadlines } from './deadlines';
import { toModelFailure } from './failure';
import { listeningFetch } from './listeningFetch';
import type { Model, ModelCallOptions, ModelRequest } from './model';

export interface AnthropicModelOptions extends AccessOptions {
  /** Longest silence of the API before the call is given up and tried again. */
  idleTimeoutMs?: number;
  /** Longest call. The largest replies take about twenty minutes. */
  totalTimeoutMs?: number;
}

const DEFAULT_LIMITS: DeadlineLimits = { idleTimeoutMs: 90_000, totalTimeoutMs: 30 * 60_000 };

/** Claude, or whatever answers at `baseUrl`. It never retries: its caller does, by what the failure says. */
export function createAnthropicModel(options: AnthropicModelOptions = {}): Model {
  const limits: DeadlineLimits = {
    idleTimeoutMs: options.idleTimeoutMs ?? DEFAULT_LIMITS.idleTimeoutMs,
    totalTimeoutMs: options.totalTimeoutMs ?? DEFAULT_LIMITS.totalTimeoutMs,
  };
  return {
    async call(request, { signal, onText, onServed }) {
      const access = readAccess(options);
      // A gateway that repeats what it was sent must not bring the key into a history.
      const keys = access.key === undefined ? [] : [access.key];
      const callOptions: ModelCallOptions = {
        signal,
        onText: (textSoFar) => onText?.(withoutKeysSoFar(textSoFar, keys)),
        onServed: (by) => onServed?.(withoutKeys(by, keys)),
      };
      return withoutKeys(await callModel(access, limits, request, callOptions), keys);
    },
  };
}

async function callModel(
  access: Access,
  limits: DeadlineLimits,
  request: ModelRequest,
  { signal, onText, onServed }: ModelCallOptions,
): Promise<StreamAnswer> {
  const deadlines = startDeadlines(signal, limits);
  let state = EMPTY_STREAM;
  let problem: unknown;
  let contentType = '';
  try {
    const fetching = listeningFetch(deadlines.heard, (type) => {
      contentType = type;
    });
    const client = connect(access, limits.totalTimeoutMs, fetching);
    const stream = await client.messages.create(toParams(request), { signal: deadlines.signal });
    for await (const event of stream) {
      const before = state;
      state = addEvent(before, event);
      if (state.text !== before.text) onText?.(state.text);
      if (event?.type === 'message_start') tellServed(event.message, onServed);
      if (state.complete && !before.complete) deadlines.closing();
    }
  } catch (error) {
    problem = error;
  } finally {
    deadlines.stop();
  }
  if (signal.aborted && !state.complete) return abortedAnswer(state);
  try {
    // A reply that arrived whole counts, whatever became of the connection afterwards.
    if (state.complete) return answerOf(state);
    throw deadlines.exceeded() ?? problem ?? brokenOff(state, contentType);
  } catch (error) {
    const secrets = access.key === undefined ? [] : [access.key];
    throw toModelFailure(error, Date.now(), { model: request.model, secrets });
  }
}

/** A gateway may leave out either. */
function tellServed(message: unknown, onServed: ModelCallOptions['onServed']): void {
  const { id, model } = Object(message);
  if (typeof id === 'string' && typeof model === 'string') onServed?.({ id, model });
}

/** A proxy's login page, or a gateway that does not stream, is told apart from a reply that broke off. */
function brokenOff(state: StreamState, contentType: string): StreamFault {
  const isStream = state !== EMPTY_STREAM || contentType === '' || contentType === 'text/event-stream';
  return new StreamFault(
    isStream
      ? 'The API broke its reply off.'
      : `Instead of a stream came ${contentType}: is there a proxy in between, or is ANTHROPIC_BASE_URL wrong?`,
  );
}
