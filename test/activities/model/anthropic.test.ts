import type { ApplicationFailure } from '@temporalio/common';
import { createAnthropicModel } from '../../../activities/model/anthropic';
import type { ModelRequest } from '../../../activities/model/model';
import {
  errorEvent,
  messageEnd,
  messageStart,
  type RawModelServer,
  type RawReply,
  startRawModelServer,
  textEvents,
  toolEvents,
} from '../../support/rawModelServer';

const KEY = 'sk-ant-test-0123456789';
let reply: RawReply;
let server: RawModelServer;

beforeAll(async () => {
  server = await startRawModelServer(() => reply);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
});

function request(): ModelRequest {
  const head = { instructions: 'Read.', tools: [], task: 't', workspace: '/', maxOutputTokens: 100 };
  const messages = [{ role: 'user' as const, blocks: [{ type: 'text' as const, text: 'task' }] }];
  return { model: 'claude-haiku-5-5', head, messages, tools: [] };
}
function model(change: Parameters<typeof createAnthropicModel>[0] = {}) {
  return createAnthropicModel({ apiKey: KEY, baseUrl: server.url, ...change });
}
const never = () => new AbortController().signal;
async function failureOf(
  change: Parameters<typeof createAnthropicModel>[0] = {},
): Promise<ApplicationFailure> {
  return model(change)
    .call(request(), { signal: never() })
    .then(
      (answer) => Promise.reject(new Error(`answered ${JSON.stringify(answer)}`)),
      (error: ApplicationFailure) => error,
    );
}

it('gives the reply, and its text as it grows', async () => {
  reply = { events: [messageStart(), ...textEvents(0, 'Hello ', 'world'), ...messageEnd('end_turn')] };
  const heard: string[] = [];
  const answer = await model().call(request(), { signal: never(), onText: (text) => heard.push(text) });
  expect(answer).toEqual({
    blocks: [{ type: 'text', text: 'Hello world' }],
    stop: 'end_turn',
    tokens: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 },
  });
  expect(heard).toEqual(['Hello ', 'Hello world']);
});

it('sends one streamed request, and never retries by itself', async () => {
  reply = {
    status: 529,
    events: ['{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'],
  };
  expect(await failureOf()).toMatchObject({
    type: 'retryable',
    message: 'The API is overloaded (529: Overloaded).',
  });
  expect(server.requests).toHaveLength(1);
  expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
    stream: true,
    model: 'claude-haiku-5-5',
  });
});

it('grows the bytes on the wire only at their end, from turn to turn', async () => {
  reply = { events: [messageStart(), ...textEvents(0, 'x'), ...messageEnd('end_turn')] };
  const first = request();
  const second: ModelRequest = {
    ...first,
    messages: [
      ...first.messages,
      { role: 'assistant', blocks: [{ type: 'text', text: 'x' }] },
      ...first.messages,
    ],
  };
  await model().call(first, { signal: never() });
  await model().call(second, { signal: never() });
  const [one = '', two = ''] = server.requests.map((each) => each.body);
  expect(one.endsWith(']}')).toBe(true);
  expect(two.startsWith(`${one.slice(0, -2)},`)).toBe(true);
});

it.each<[string, RawReply, string, RegExp]>([
  [
    'an error after the headers',
    { events: [messageStart(), errorEvent('overloaded_error', 'Overloaded')] },
    'retryable',
    /overloaded/,
  ],
  [
    'a rejected key after the headers',
    { events: [errorEvent('authentication_error', 'no')] },
    'needs_person',
    /bga config set-key/,
  ],
  [
    'a stream that ends early',
    { events: [messageStart(), ...textEvents(0, 'x')] },
    'retryable',
    /broke its reply off/,
  ],
  ['an empty stream', {}, 'retryable', /broke its reply off/],
  [
    'a cut connection',
    { events: [messageStart(), ...textEvents(0, 'x')], finish: 'cut' },
    'retryable',
    /connection/,
  ],
  ['malformed JSON', { events: ['event: message_start\ndata: {oops\n\n'] }, 'retryable', /protocol/],
  [
    'JSON that is no event',
    { events: ['event: message_start\ndata: null\n\n'] },
    'retryable',
    /broke its reply off/,
  ],
  ['a page of HTML', { events: ['<html>hello</html>'] }, 'retryable', /broke its reply off/],
  [
    "a proxy's login page",
    { headers: { 'content-type': 'text/html; charset=utf-8' }, events: ['<html>\n<b>Log in</b>\n</html>'] },
    'retryable',
    /came text\/html.*proxy/,
  ],
  [
    'a gateway that does not stream',
    { headers: { 'content-type': 'application/json' }, events: ['{"type":"message","content":[]}'] },
    'retryable',
    /came application\/json.*ANTHROPIC_BASE_URL/,
  ],
  [
    'an error page of a proxy',
    { status: 502, headers: { 'content-type': 'text/html' }, events: ['<html>Bad Gateway</html>'] },
    'retryable',
    /^The API failed \(502\)\.$/,
  ],
  ['an error without a body', { status: 503 }, 'retryable', /^The API failed \(503\)\.$/],
  [
    'an error after the whole text',
    { events: [messageStart(), ...textEvents(0, 'x'), errorEvent('api_error', 'sorry')] },
    'retryable',
    /failed \(api_error: sorry\)/,
  ],
  [
    'JSON that is cut in the middle of an event',
    { events: [messageStart(), 'event: content_block_delta\ndata: {"type":"content_bl'] },
    'retryable',
    /broke its reply off/,
  ],
  [
    'bytes without end',
    { events: Array.from({ length: 33 }, () => `data: ${'x'.repeat(1024 * 1024)}\n`) },
    'retryable',
    /more than any reply holds/,
  ],
  [
    'an unknown way to stop',
    { events: [messageStart(), ...messageEnd('bored')] },
    'invalid_request',
    /bored/,
  ],
  [
    'an unknown model',
    { status: 404, events: ['{"error":{"type":"not_found_error","message":"model"}}'] },
    'invalid_request',
    /claude-haiku-5-5/,
  ],
])('fails as it should on %s', async (_, given, type, message) => {
  reply = given;
  expect(await failureOf()).toMatchObject({ type, message: expect.stringMatching(message) });
});

it('gives up on a silent API, before and after the headers, and drops the connection', async () => {
  const before = server.dropped();
  reply = { events: [messageStart(), ...textEvents(0, 'x')], finish: 'stall' };
  expect(await failureOf({ idleTimeoutMs: 100 })).toMatchObject({
    type: 'retryable',
    message: 'The API sent nothing for 100 ms.',
  });
  while (server.dropped() === before) await new Promise((resolve) => setTimeout(resolve, 10));
});

it('is patient with an API that only sends keep-alives, until the call has lasted too long', async () => {
  const ping = { type: 'ping' };
  reply = {
    events: [messageStart(), ...Array.from({ length: 25 }, () => ping), ...messageEnd('end_turn')],
    eventDelayMs: 50,
  };
  expect(await model({ idleTimeoutMs: 1_000 }).call(request(), { signal: never() })).toMatchObject({
    stop: 'end_turn',
  });
  expect(await failureOf({ idleTimeoutMs: 1_000, totalTimeoutMs: 200 })).toMatchObject({
    type: 'retryable',
    message: expect.stringContaining('200 ms'),
  });
});

it('returns what was said by then when it is aborted', async () => {
  reply = {
    events: [messageStart(), ...textEvents(0, 'so far'), ...toolEvents(1, 'a', 'x', '{')],
    finish: 'stall',
  };
  const abort = new AbortController();
  const answer = await model().call(request(), { signal: abort.signal, onText: () => abort.abort() });
  expect(answer).toEqual({
    blocks: [{ type: 'text', text: 'so far' }],
    stop: 'aborted',
    tokens: { inputTokens: 10, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
  });
});

it('returns at once when it is aborted before it begins, or before the headers', async () => {
  const aborted = await model().call(request(), { signal: AbortSignal.abort() });
  expect(aborted).toMatchObject({ stop: 'aborted', blocks: [] });
  expect(server.requests).toHaveLength(0);
  const abort = new AbortController();
  const silent = await startRawModelServer(() => {
    abort.abort();
    return new Promise<RawReply>(() => undefined);
  });
  expect(await model({ baseUrl: silent.url }).call(request(), { signal: abort.signal })).toMatchObject({
    stop: 'aborted',
    blocks: [],
  });
  await silent.stop();
});

it('counts a reply that arrived whole, though the connection stays open or breaks', async () => {
  const events = [messageStart(), ...textEvents(0, 'x'), ...messageEnd('end_turn')];
  for (const finish of ['stall', 'cut'] as const) {
    reply = { events, finish };
    expect(await model().call(request(), { signal: never() })).toMatchObject({ stop: 'end_turn' });
  }
});

it('asks for the key at every call, and says what to do without one', async () => {
  reply = { events: [messageStart(), ...textEvents(0, 'x'), ...messageEnd('end_turn')] };
  let key: string | undefined = 'first';
  const anthropic = model({ apiKey: () => key });
  await anthropic.call(request(), { signal: never() });
  key = ' second\n';
  await anthropic.call(request(), { signal: never() });
  const sent = server.requests.map(({ headers }) => headers.authorization);
  expect(sent).toEqual(['Bearer first', 'Bearer second']);
  const none = createAnthropicModel({ apiKey: () => undefined }).call(request(), { signal: never() });
  await expect(none).rejects.toMatchObject({
    type: 'needs_person',
    message: expect.stringMatching(/ANTHROPIC_API_KEY.*bga config set-key/),
  });
});

describe('with credentials in the environment', () => {
  const saved = { ...process.env };
  afterEach(() => {
    process.env = { ...saved };
  });

  it('uses none of them by itself, and sends no key to a gateway that has none configured', async () => {
    process.env.ANTHROPIC_API_KEY = 'from-environment';
    process.env.ANTHROPIC_AUTH_TOKEN = 'token-from-environment';
    reply = { events: [messageStart(), ...textEvents(0, 'x'), ...messageEnd('end_turn')] };
    await createAnthropicModel({ baseUrl: server.url }).call(request(), { signal: never() });
    expect(JSON.stringify(server.requests[0]?.headers)).not.toContain('from-environment');
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    const none = createAnthropicModel().call(request(), { signal: never() });
    await expect(none).rejects.toMatchObject({ type: 'needs_person' });
  });
});

it('repeats no key in a failure', async () => {
  const body = { error: { type: 'authentication_error', message: `bad key ${KEY}` } };
  reply = { status: 401, events: [JSON.stringify(body)] };
  const failure = await failureOf();
  expect(failure.type).toBe('needs_person');
  expect(JSON.stringify([failure.message, failure.details, failure.stack])).not.toContain(KEY);
});

it.each(['ftp://x', 'nonsense', 'http://me:pw@localhost'])(
  'asks a person to correct the base URL %s',
  async (baseUrl) => {
    const failure = await failureOf({ baseUrl });
    expect(failure).toMatchObject({
      type: 'needs_person',
      message: expect.stringContaining('ANTHROPIC_BASE_URL'),
    });
    expect(failure.message).not.toContain('pw');
  },
);

it('asks a person to correct a key that cannot be one', async () => {
  const failure = await failureOf({ apiKey: 'two words' });
  expect(failure).toMatchObject({ type: 'needs_person' });
  expect(failure.message).not.toContain('words:');
});

it('retries when nothing listens at the address', async () => {
  const failure = await failureOf({ baseUrl: 'http://127.0.0.1:9' });
  expect(failure).toMatchObject({
    type: 'retryable',
    message: expect.stringMatching(/connection.*(ECONNREFUSED|bad port)/),
  });
});
