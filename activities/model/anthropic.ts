import { Anthropic } from '@anthropic-ai/sdk';
import type { ApplicationFailure } from '@temporalio/common';
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
import { GOES_ON, modelFailure, NO_KEY_MESSAGE, toModelFailure } from './failure';
import { listeningFetch } from './listeningFetch';
import type { Model, ModelCallOptions, ModelRequest } from './model';

export interface AnthropicModelOptions {
  /** A function is asked at every call, so that a key put right is picked up without a restart. */
  apiKey?: string | (() => string | undefined);
  /** A gateway that speaks the same API; it may do without a key. */
  baseUrl?: string;
  /** Longest silence of the API before the call is given up and tried again. */
  idleTimeoutMs?: number;
  /** Longest call. The largest replies take about twenty minutes. */
  totalTimeoutMs?: number;
}

const DEFAULT_BASE_URL = 'https://api.anthropic.com';
const DEFAULT_LIMITS: DeadlineLimits = { idleTimeoutMs: 90_000, totalTimeoutMs: 30 * 60_000 };

/** Claude, or whatever answers at `baseUrl`. It never retries: its caller does, by what the failure says. */
export function createAnthropicModel(options: AnthropicModelOptions = {}): Model {
  const limits: DeadlineLimits = {
    idleTimeoutMs: options.idleTimeoutMs ?? DEFAULT_LIMITS.idleTimeoutMs,
    totalTimeoutMs: options.totalTimeoutMs ?? DEFAULT_LIMITS.totalTimeoutMs,
  };
  return {
    async call(request, callOptions) {
      const access = readAccess(options);
      return callModel(access, limits, request, callOptions);
    },
  };
}

interface Access {
  key: string | undefined;
  baseUrl: string;
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

/** @throws ApplicationFailure that tells a person what to set. */
function readAccess({ apiKey, baseUrl }: AnthropicModelOptions): Access {
  const key = (typeof apiKey === 'function' ? apiKey() : apiKey)?.trim() || undefined;
  const gateway = baseUrl?.trim() || undefined;
  if (key === undefined && gateway === undefined)
    throw modelFailure('needs_person', NO_KEY_MESSAGE, { kind: 'bad_key' });
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw unusable('The API key holds a space or another character that no key has');
  if (gateway !== undefined && !isHttpUrl(gateway))
    throw unusable('ANTHROPIC_BASE_URL is not an http or https URL without credentials in it');
  return { key, baseUrl: gateway ?? DEFAULT_BASE_URL };
}

function unusable(what: string): ApplicationFailure {
  return modelFailure('needs_person', `${what}: correct it. ${GOES_ON}`);
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

/**
 * A client for one call. Every credential is given, so that the SDK looks for none by itself in the environment
 * or in profile files. It logs nothing: standard output may be a protocol's, and its debug log holds prompts.
 */
function connect({ key, baseUrl }: Access, timeoutMs: number, fetching: typeof fetch): Anthropic {
  return new Anthropic({
    apiKey: key ?? 'none',
    ...(key === undefined ? { defaultHeaders: { authorization: null } } : {}),
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: Math.min(timeoutMs, 2 ** 31 - 1),
    logLevel: 'off',
    fetch: fetching,
  });
}
