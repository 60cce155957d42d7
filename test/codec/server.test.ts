/** The codec server over real HTTP, as the Web UI and the Temporal CLI speak to it. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { startCodecServer, transcodeWith } from '../../src/codec';
import type { Listening } from '../../src/listen';
import { codecsOf, jsonPayload, newKey, ringOf } from './support';

const TOKEN = 'token-of-this-test';
const UI = 'http://127.0.0.1:8233';
const key = newKey();
let server: Listening;

beforeAll(async () => {
  const transcode = transcodeWith(true, ringOf(key));
  server = await startCodecServer({ port: 0, token: TOKEN, origins: () => [UI], transcode });
});
afterAll(() => server.close());

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

function ask({ method = 'POST', path = `/${TOKEN}/decode`, headers = {}, body = '{"payloads":[]}' }: Asked) {
  return new Promise<{ status: number; headers: NodeJS.Dict<unknown>; text: string }>((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: server.port, method, path, headers },
      async (response) => {
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

const inJson = (payloads: { metadata?: object | null; data?: Uint8Array | null }[]) =>
  JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
      ),
      data: Buffer.from(data ?? []).toString('base64'),
    })),
  });
const textsIn = (json: string): string[] =>
  JSON.parse(json).payloads.map(({ data }: { data: string }) => Buffer.from(data, 'base64').toString());

it('decodes what clients and workers wrote, and leaves the rest as it is', async () => {
  const long = 'a long tool result '.repeat(1_000);
  const encoded = await codecsOf(true, key).encode([jsonPayload('secret'), jsonPayload(long)]);
  const answer = await ask({
    body: inJson([...encoded, jsonPayload('open')]),
    headers: { 'X-Namespace': 'any' },
  });
  expect(answer.status).toBe(200);
  expect(textsIn(answer.text)).toEqual(['"secret"', JSON.stringify(long), '"open"']);
});

it('encodes what the Web UI sends, so that a worker can read it', async () => {
  const answer = await ask({ path: `/${TOKEN}/encode`, body: inJson([jsonPayload('from the UI')]) });
  expect(answer.text).not.toContain(Buffer.from('from the UI').toString('base64'));
  const again = await ask({ body: answer.text });
  expect(textsIn(again.text)).toEqual(['"from the UI"']);
});

it('says in the place of a payload why it cannot be read', async () => {
  const [strange] = await codecsOf(true, newKey()).encode([jsonPayload('lost')]);
  const answer = await ask({ body: inJson([strange ?? {}, jsonPayload('open')]) });
  expect(textsIn(answer.text)).toEqual([expect.stringContaining('which is not here'), '"open"']);
});

describe('admits', () => {
  const bearer = { authorization: `Bearer ${TOKEN}` };
  it.each<[string, Asked, number]>([
    ['the token in the path', {}, 200],
    ['the token as bearer', { path: '/decode', headers: bearer }, 200],
    ['the Web UI', { headers: { origin: UI } }, 200],
    ['no missing token', { path: '/decode' }, 401],
    ['no wrong token', { path: '/wrong/decode' }, 401],
    ['no wrong bearer', { path: '/decode', headers: { authorization: 'Bearer wrong' } }, 401],
    [
      'no page of another origin, whatever token it has',
      { headers: { origin: 'http://127.0.0.1:9999' } },
      403,
    ],
    ['no page of nowhere', { headers: { origin: 'null' } }, 403],
    ['no name that was made to point here', { headers: { host: 'evil.example:80' } }, 403],
    ['no other path', { path: `/${TOKEN}/download` }, 404],
    ['no other method', { method: 'GET', body: '' }, 405],
    ['no body that is none', { body: '{"payloads":[{"data":"***"}]}' }, 400],
    ['no body that is too long', { body: Buffer.alloc(65 * 1024 * 1024) }, 413],
  ])('%s', async (_, asked, status) => {
    const answer = await ask(asked);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(JSON.parse(answer.text).message).not.toContain(TOKEN);
  });
});

it('tells the browser of the Web UI, and no other, that it may', async () => {
  const preflight = (origin: string) =>
    ask({
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-namespace',
      },
      body: '',
    });
  const ours = await preflight(UI);
  expect(ours.status).toBe(204);
  expect(ours.headers).toMatchObject({
    'access-control-allow-origin': UI,
    'access-control-allow-headers': expect.stringContaining('X-Namespace'),
    vary: 'Origin',
  });
  // An error must be readable for its page as well.
  const error = await ask({ path: '/wrong/decode', headers: { origin: UI } });
  expect(error.headers).toMatchObject({ 'access-control-allow-origin': UI });
  const strange = await preflight('https://evil.example');
  expect(strange.status).toBe(403);
  expect(strange.headers).not.toHaveProperty('access-control-allow-origin');
});

it('is on loopback only', async () => {
  const refused = await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.2', port: server.port });
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    socket.once('close', () => socket.destroy());
  });
  expect(refused).toBe(true);
});
