import { probeAnthropic } from '../../../activities/model/anthropic-probe';
import { inWords } from '../../../src/modelReach';
import { type RawReply, startRawModelServer } from '../../support/rawModelServer';

const KEY = 'a-key-of-this-test';
const JSON_TYPE = { 'content-type': 'application/json' };

async function probe(reply: RawReply, timeoutMs = 20_000) {
  const server = await startRawModelServer(() => reply);
  try {
    return await probeAnthropic({ apiKey: KEY, baseUrl: server.url }, timeoutMs);
  } finally {
    await server.stop();
  }
}

const said = (message: string) => ({ headers: JSON_TYPE, events: [JSON.stringify({ error: { message } })] });

it.each<[string, RawReply, object]>([
  ['lists its models', { headers: JSON_TYPE, events: ['{"data":[]}'] }, { kind: 'answers' }],
  ['has no list', { status: 404 }, { kind: 'answers', note: expect.stringContaining('no list') }],
  ['limits the rate', { status: 429 }, { kind: 'answers', note: expect.stringContaining('rate') }],
  ['rejects the key', { status: 401, ...said(`no ${KEY}`) }, { kind: 'bad_key', said: '401: no [redacted]' }],
  ['keeps the key out', { status: 403, ...said('no entry') }, { kind: 'no_access', said: '403: no entry' }],
  ['wants money', { status: 402, ...said('pay') }, { kind: 'refuses', said: '402: pay' }],
  ['is overloaded', { status: 529 }, { kind: 'fails', said: '529' }],
  [
    'is a login page',
    { headers: { 'content-type': 'text/html' }, events: ['<p>Hi'] },
    { kind: 'no_model_api' },
  ],
  ['breaks off', { finish: 'reset' }, { kind: 'unreachable' }],
])('an API that %s', async (_, reply, reach) => {
  expect(await probe(reply)).toMatchObject(reach);
});

it('is given up when it is silent', async () => {
  const reach = await probe({ headers: JSON_TYPE, events: ['{'], finish: 'stall' }, 200);
  expect(reach).toEqual({ kind: 'silent', timeoutMs: 200 });
});

it('is told with the address that was asked, and how to mend it', () => {
  expect(inWords({ kind: 'silent', timeoutMs: 5_000 }, 'https://gateway.example:8443/v')).toEqual({
    ok: false,
    detail: 'gateway.example:8443 sent nothing for 5 s',
    fix: expect.stringContaining('ANTHROPIC_BASE_URL'),
  });
  expect(inWords({ kind: 'answers' }, undefined)).toEqual({
    ok: true,
    detail: "Anthropic's API answers",
    fix: '',
  });
});
