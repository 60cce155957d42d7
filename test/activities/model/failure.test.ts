import Anthropic, { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import { ApplicationFailure } from '@temporalio/common';
import { StreamFault, UnknownStopReason } from '../../../activities/model/anthropic-errors';
import { DeadlineExceeded } from '../../../activities/model/deadlines';
import {
  ASKED_NOT_TO_RETRY_MS,
  MAX_RETRY_DELAY_MS,
  modelFailure,
  toModelFailure,
} from '../../../activities/model/failure';
import { MODEL_FAULTS } from '../../../workflows/contract';

const NOW_MS = Date.UTC(2026, 0, 1);

interface Answer {
  type?: string;
  said?: string;
  code?: string;
  headers?: Record<string, string>;
}
/** The SDK's own error for an answer of the API. */
function apiError(status: number, { type, said = 'because', code, headers = {} }: Answer = {}): APIError {
  const details = code === undefined ? {} : { details: { error_code: code } };
  const body = type === undefined ? undefined : { type: 'error', error: { type, message: said, ...details } };
  return APIError.generate(status, body, said, new Headers({ 'request-id': 'req_1', ...headers }));
}
/** As the SDK throws it for an `error` event in the middle of a stream. */
function streamError(type: string, said = 'because'): APIError {
  const body = { type: 'error', error: { type, message: said } };
  return new APIError(undefined, body, undefined, new Headers(), undefined);
}
const faultOf = (error: unknown) => toModelFailure(error, NOW_MS).type;

it.each([
  [400, 'invalid_request'],
  [401, 'needs_person'],
  [402, 'needs_person'],
  [403, 'needs_person'],
  [404, 'invalid_request'],
  [405, 'invalid_request'],
  [407, 'needs_person'],
  [408, 'retryable'],
  [409, 'retryable'],
  [410, 'invalid_request'],
  [412, 'invalid_request'],
  [413, 'too_long'],
  [415, 'invalid_request'],
  [422, 'invalid_request'],
  [425, 'retryable'],
  [429, 'retryable'],
  [431, 'invalid_request'],
  [499, 'retryable'],
  [500, 'retryable'],
  [501, 'retryable'],
  [502, 'retryable'],
  [503, 'retryable'],
  [504, 'retryable'],
  [520, 'retryable'],
  [529, 'retryable'],
])('status %i without a category is %s', (status, fault) => {
  const failure = toModelFailure(apiError(status), NOW_MS);
  expect(failure.type).toBe(fault);
  expect(failure.nonRetryable).toBe(fault !== 'retryable');
  expect(MODEL_FAULTS).toContain(failure.type);
  expect(failure.details?.[0]).toMatchObject({ status, requestId: 'req_1' });
});

const BY_TYPE: ReadonlyArray<[type: string, status: number, fault: string]> = [
  ['invalid_request_error', 400, 'invalid_request'],
  ['authentication_error', 401, 'needs_person'],
  ['billing_error', 402, 'needs_person'],
  ['permission_error', 403, 'needs_person'],
  ['not_found_error', 404, 'invalid_request'],
  ['request_too_large', 413, 'too_long'],
  ['rate_limit_error', 429, 'retryable'],
  ['conflict_error', 409, 'retryable'],
  ['api_error', 500, 'retryable'],
  ['timeout_error', 504, 'retryable'],
  ['overloaded_error', 529, 'retryable'],
];
it.each(BY_TYPE)(
  '%s is judged the same with its status and in the middle of a stream',
  (type, status, fault) => {
    expect(faultOf(apiError(status, { type }))).toBe(fault);
    expect(faultOf(streamError(type))).toBe(fault);
  },
);

it('retries a failed stream of a category that is new to us', () => {
  expect(faultOf(streamError('brand_new_error'))).toBe('retryable');
});

it.each([
  ['billing_error in a 400', apiError(400, { type: 'billing_error' })],
  [
    'an empty balance',
    apiError(400, { type: 'invalid_request_error', said: 'Your credit balance is too low.' }),
  ],
  [
    'a usage limit of one’s own',
    apiError(400, {
      type: 'invalid_request_error',
      said: 'You have reached your specified API usage limits.',
    }),
  ],
  [
    'a spend limit by its code',
    apiError(429, { type: 'rate_limit_error', code: 'enforced_spend_limit_reached' }),
  ],
  [
    'a spend limit by its words',
    apiError(429, { type: 'rate_limit_error', said: 'Monthly spend limit reached' }),
  ],
  [
    'a 429 not worth retrying',
    apiError(429, { type: 'rate_limit_error', headers: { 'x-should-retry': 'false' } }),
  ],
  ['an organization on hold', apiError(400, { type: 'invalid_request_error', code: 'organization_on_hold' })],
])('%s needs a person', (_, error) => {
  expect(faultOf(error)).toBe('needs_person');
});

it('retries a ramp limit, which passes by itself', () => {
  expect(faultOf(apiError(429, { type: 'rate_limit_error', code: 'ramp_limit_exceeded' }))).toBe('retryable');
});

it('retries a refused request when the server says that this helps, but not a rejected key', () => {
  const headers = { 'x-should-retry': 'true' };
  expect(faultOf(apiError(400, { type: 'invalid_request_error', headers }))).toBe('retryable');
  expect(faultOf(apiError(401, { type: 'authentication_error', headers }))).toBe('needs_person');
});

it.each<[string, Record<string, string>, number | undefined]>([
  ['seconds', { 'retry-after': '7' }, 7_000],
  ['fractions of a second', { 'retry-after': '0.5' }, 500],
  ['milliseconds, which win', { 'retry-after-ms': '250', 'retry-after': '7' }, 250],
  ['an HTTP date', { 'retry-after': new Date(NOW_MS + 90_000).toUTCString() }, 90_000],
  ['a date gone by', { 'retry-after': new Date(NOW_MS - 90_000).toUTCString() }, undefined],
  ['zero', { 'retry-after': '0' }, undefined],
  ['a negative number', { 'retry-after-ms': '-5' }, undefined],
  ['nonsense', { 'retry-after': 'soon' }, undefined],
  ['nothing', {}, undefined],
  ['hours, which are capped', { 'retry-after': '36000' }, MAX_RETRY_DELAY_MS],
  ['please do not', { 'x-should-retry': 'false' }, ASKED_NOT_TO_RETRY_MS],
])('waits as long as the server asks: %s', (_, headers, delayMs) => {
  const failure = toModelFailure(apiError(503, { type: 'api_error', headers }), NOW_MS);
  expect(failure.nextRetryDelay ?? undefined).toBe(delayMs);
  expect(failure.details?.[0]).toEqual({
    kind: 'api_failed',
    status: 503,
    type: 'api_error',
    requestId: 'req_1',
    ...(delayMs === undefined ? {} : { retryAfterMs: delayMs }),
  });
});

const refusedConnection = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), {
  code: 'ECONNREFUSED',
});
it.each<[string, unknown, RegExp]>([
  [
    'a refused connection',
    new APIConnectionError({ cause: new TypeError('fetch failed', { cause: refusedConnection }) }),
    /connection.*ECONNREFUSED 127\.0\.0\.1:9/,
  ],
  ['no headers in time', new APIConnectionTimeoutError(), /timed out/],
  [
    'a connection cut in the stream',
    new TypeError('terminated', { cause: new Error('other side closed') }),
    /connection.*other side closed/,
  ],
  ['a stream that is no JSON', new SyntaxError('Unexpected token'), /not what its protocol says/],
  ['a stream that broke off', new StreamFault('The API broke its reply off.'), /broke its reply off/],
  ['a silent stream', new DeadlineExceeded('idle', 90_000), /nothing for 90000 ms/],
  ['an endless stream', new DeadlineExceeded('total', 1_000), /not finished its reply after 1000 ms/],
  ['an error nobody foresaw', new RangeError('odd'), /model call failed \(odd\)/],
  ['what is no error at all', 'odd', /model call failed \(odd\)/],
  ['nothing', undefined, /model call failed/],
])('retries %s', (_, error, message) => {
  const failure = toModelFailure(error, NOW_MS);
  expect(failure.type).toBe('retryable');
  expect(failure.nonRetryable).toBe(false);
  expect(failure.message).toMatch(message);
});

it('does not retry a reply that ended in a way it does not know', () => {
  expect(toModelFailure(new UnknownStopReason('bored'), NOW_MS)).toMatchObject({
    type: 'invalid_request',
    message: expect.stringContaining('bored'),
  });
});

it('leaves a failure that is classified already as it is', () => {
  const failure = modelFailure('needs_person', 'x');
  expect(toModelFailure(failure, NOW_MS)).toBe(failure);
  expect(failure).toBeInstanceOf(ApplicationFailure);
});

it('says what to do about a rejected key, and which model is unknown', () => {
  const rejected = toModelFailure(
    apiError(401, { type: 'authentication_error', said: 'invalid key' }),
    NOW_MS,
  );
  expect(rejected.message).toMatch(/rejected \(401: invalid key\).*ANTHROPIC_API_KEY.*bga config set-key/);
  const unknown = toModelFailure(apiError(404, { type: 'not_found_error' }), NOW_MS, { model: 'claude-x' });
  expect(unknown.message).toContain('claude-x');
});

it('never repeats a key, and dumps no bodies', () => {
  const key = 'my-very-own-key';
  const said = `invalid ${key} or sk-ant-api03-abcdef or Bearer abc.def.ghi at https://me:pw@host/\n${'x'.repeat(5_000)}`;
  const failure = toModelFailure(apiError(401, { type: 'authentication_error', said }), NOW_MS, {
    secrets: [key],
  });
  expect(JSON.stringify([failure.message, failure.details, failure.cause])).not.toMatch(
    /my-very-own-key|sk-ant|abc\.def|me:pw/,
  );
  expect(failure.message.length).toBeLessThan(500);
  expect(failure.message).not.toContain('\n');
  const page = APIError.generate(502, undefined, `<html>${'x'.repeat(5_000)}</html>`, new Headers());
  expect(toModelFailure(page, NOW_MS).message).toBe('The API failed (502).');
});

it('reads the errors that the real client makes of an answer', async () => {
  const answer = { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } };
  const client = new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async () => Response.json(answer, { status: 429, headers: { 'retry-after': '3' } }),
  });
  const error = await client.models.list().catch((thrown: unknown) => thrown);
  expect(toModelFailure(error, NOW_MS)).toMatchObject({
    type: 'retryable',
    message: 'Rate limited (429: slow down).',
    nextRetryDelay: 3_000,
  });
});
