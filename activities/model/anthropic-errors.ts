/** What an error of the SDK, of the network or of a stream says, as plain facts; `failure.ts` judges them. */
import { APIError } from '@anthropic-ai/sdk';

/** The API's reply was no reply: it broke off, or made no sense. */
export class StreamFault extends Error {
  override readonly name = 'StreamFault';
}

/** The reply ended for a reason that this version does not know, so nobody can say whether it is whole. */
export class UnknownStopReason extends Error {
  override readonly name = 'UnknownStopReason';
  constructor(readonly reason: string) {
    super(`The model stopped for a reason that this version does not know: ${reason}. Update it.`);
  }
}

export interface ErrorFacts {
  /** HTTP status; an error in the middle of a stream has none. */
  status?: number;
  /** The API's category: `overloaded_error`, … */
  type?: string;
  /** The API's finer code: `enforced_spend_limit_reached`, … */
  code?: string;
  requestId?: string;
  /** The API's own sentence, or the innermost cause of a broken connection. */
  said: string;
  /** The server's explicit word on whether a retry makes sense. */
  shouldRetry?: boolean;
  /** The wait that the server asks for. */
  retryAfterMs?: number;
}

export function factsOf(error: unknown, nowMs: number): ErrorFacts {
  if (!(error instanceof APIError)) return { said: innermostMessage(error) };
  const headers: Headers = error.headers ?? new Headers();
  const shouldRetry = readShouldRetry(headers);
  const retryAfterMs = readRetryAfter(headers, nowMs);
  return {
    said: error.apiMessage ?? messageInBody(error.error) ?? (error.status ? '' : innermostMessage(error)),
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.type ? { type: error.type } : {}),
    ...(error.errorCode ? { code: error.errorCode } : {}),
    ...(error.requestID ? { requestId: error.requestID } : {}),
    ...(shouldRetry === undefined ? {} : { shouldRetry }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function readShouldRetry(headers: Headers): boolean | undefined {
  const word = headers.get('x-should-retry');
  return word === 'true' || word === 'false' ? word === 'true' : undefined;
}

/** `retry-after-ms`, else `retry-after` as seconds or as an HTTP date; undefined when it names no time to come. */
function readRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const inMs = Number(headers.get('retry-after-ms') ?? Number.NaN);
  const after = headers.get('retry-after')?.trim() ?? '';
  const inSeconds = /^\d+(\.\d+)?$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - nowMs;
  const waitMs = Number.isFinite(inMs) ? inMs : inSeconds;
  return Number.isFinite(waitMs) && waitMs > 0 ? Math.ceil(waitMs) : undefined;
}

/** Gateways answer with bodies of their own: `{"message": …}`, `{"error": "…"}`. A page of HTML says nothing. */
function messageInBody(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const said = 'message' in body ? body.message : 'error' in body ? body.error : undefined;
  return typeof said === 'string' ? said : undefined;
}

/** `fetch` says "fetch failed"; its cause says "connect ECONNREFUSED 127.0.0.1:9". */
function innermostMessage(error: unknown): string {
  let innermost = error;
  // Bounded, because a chain of causes may be a ring.
  for (let depth = 0; depth < 5 && field(innermost, 'cause'); depth += 1)
    innermost = field(innermost, 'cause');
  const message = field(innermost, 'message') || field(innermost, 'code') || nameOf(innermost);
  return typeof message === 'string' ? message : String(innermost);
}

/** The SDK wraps what fails before the headers; what fails later comes as `fetch` throws it: a cause or a code. */
export function isBrokenConnection(error: unknown): boolean {
  return error instanceof APIError || Boolean(field(error, 'cause') ?? field(error, 'code'));
}

export function nameOf(error: unknown): string | undefined {
  const name = field(error, 'name');
  return typeof name === 'string' ? name : undefined;
}

/** By shape, not `instanceof`: errors of Node's own `fetch` may come from another realm. */
function field(error: unknown, name: 'cause' | 'code' | 'message' | 'name'): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return value;
}
