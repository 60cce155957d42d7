/** MCP over HTTP as hostile, careless and many clients see it; none of it needs Temporal. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, runBga, until } from '../support/product';
import { connectHttp, type HttpServer, post, startHttpServer } from './httpServer';
import { connectMcp, type Place } from './support';

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const LIMITS = { BGA_HTTP_MAX_BODY_BYTES: '100000', BGA_HTTP_MAX_SESSIONS: '60' };
// Each starts processes, on a machine that may be busy.
jest.setTimeout(180_000);

let place: Place;
let server: HttpServer;

beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'bga-http-'));
  // Nothing listens there.
  place = { env: cleanEnv(home, { TEMPORAL_ADDRESS: '127.0.0.1:1' }), workspace: home };
  server = await startHttpServer(place, LIMITS);
});

afterAll(async () => {
  await server?.stop();
  rmSync(place.workspace, { recursive: true, force: true });
});

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** `fetch` sets some headers itself. */
function ask(
  { method = 'POST', path = '/mcp', headers = {}, body = JSON.stringify(LIST) }: Asked,
  port = portOf(server),
) {
  return new Promise<{ status: number; headers: NodeJS.Dict<unknown>; text: string }>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    call.on('error', reject);
    call.end(body);
  });
}

const portOf = ({ url }: HttpServer) => Number(new URL(url).port);
const good = () => ({
  authorization: `Bearer ${server.token}`,
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
});

describe('admits', () => {
  it.each<[string, () => Asked, number]>([
    ['the token', () => ({ headers: good() }), 200],
    ['a page of this machine', () => ({ headers: { ...good(), origin: 'http://localhost:6274' } }), 200],
    ['no missing token', () => ({ headers: { ...good(), authorization: '' } }), 401],
    ['no wrong token', () => ({ headers: { ...good(), authorization: `Bearer ${server.token}x` } }), 401],
    ['no token in the address', () => ({ path: `/mcp?access_token=${server.token}` }), 401],
    [
      'no page of another origin, whatever token it has',
      () => ({ headers: { ...good(), origin: 'https://evil.example' } }),
      403,
    ],
    ['no page of nowhere', () => ({ headers: { ...good(), origin: 'null' } }), 403],
    ['no name that was made to point here', () => ({ headers: { ...good(), host: 'evil.example:80' } }), 403],
    ['no other path', () => ({ path: '/', headers: good() }), 404],
    ['no session of nobody', () => ({ headers: { ...good(), 'mcp-session-id': 'x' } }), 404],
    ['no other method', () => ({ method: 'PUT', headers: good() }), 405],
    ['no other kind of body', () => ({ headers: { ...good(), 'content-type': 'text/plain' } }), 415],
    ['no body that is none', () => ({ headers: good(), body: '{"jsonrpc":' }), 400],
    [
      'no beginning among other messages',
      () => ({ headers: good(), body: JSON.stringify([HELLO, LIST]) }),
      400,
    ],
    ['no empty batch', () => ({ headers: good(), body: '[]' }), 400],
    [
      'no batch of a revision without them',
      () => ({
        headers: { ...good(), 'mcp-protocol-version': '2025-06-18' },
        body: JSON.stringify([LIST, LIST]),
      }),
      400,
    ],
    ['no body that is too long', () => ({ headers: good(), body: Buffer.alloc(200_000, 32) }), 413],
  ])('%s', async (_, asked, status) => {
    const answer = await ask(asked());
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain(server.token);
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    if (status !== 200)
      expect(JSON.parse(answer.text)).toMatchObject({
        jsonrpc: '2.0',
        error: { message: expect.any(String) },
      });
  });

  it('nobody with a body that is much too long, who hears so although he still sends', async () => {
    // Where the connection ends with the answer, one in four is cut off.
    for (let round = 0; round < 10; round += 1) {
      const body = Buffer.alloc(10_000_000 * (1 + (round % 3)), 32);
      const answer = await fetch(server.url, { method: 'POST', headers: good(), body });
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({
        error: { message: expect.stringContaining('100000 bytes') },
      });
    }
    expect((await post(server, LIST)).status).toBe(200);
  });

  it('a body of unknown length only as far as it may go', async () => {
    const headers = { ...good(), 'transfer-encoding': 'chunked' };
    expect((await ask({ headers, body: Buffer.alloc(200_000, 32) })).status).toBe(413);
    expect((await post(server, LIST)).status).toBe(200);
  });
});

it('serves the tools of stdio, which take a session to name, and differ in nothing else, in every revision', async () => {
  const clients = await Promise.all([
    connectMcp(place),
    connectHttp(server),
    connectHttp(server, { mode: 'auto' }),
  ]);
  const [stdio, ofConnection, ofRequest] = await Promise.all(
    clients.map(async ({ client }) => (await client.listTools()).tools),
  );
  await Promise.all(clients.map((each) => each.close()));
  expect(ofConnection).toEqual(ofRequest);
  const added = ofRequest?.map(({ inputSchema }) => inputSchema.properties?.session);
  expect(new Set(added?.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(added?.[0]).toMatchSnapshot();
  for (const { inputSchema } of ofRequest ?? []) delete inputSchema.properties?.session;
  expect(ofRequest).toEqual(stdio);
});

it('tells its health to everybody, and nothing else', async () => {
  const healthy = await ask({ method: 'GET', path: '/health', headers: { host: 'anything' }, body: '' });
  expect([healthy.status, healthy.text]).toEqual([200, '{"status":"ok"}']);
});

it('is on loopback only, and its token for its user only', async () => {
  const refused = await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.2', port: portOf(server) });
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    socket.once('close', () => socket.destroy());
  });
  expect(refused).toBe(true);
  const file = join(place.workspace, 'http-tokens.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ default: server.token });
});

describe('who takes his time is let go', () => {
  let hasty: HttpServer;
  beforeAll(async () => {
    hasty = await startHttpServer(place, {
      BGA_HTTP_HEADERS_TIMEOUT_MS: '1000',
      BGA_HTTP_REQUEST_TIMEOUT_MS: '1500',
    });
  });
  afterAll(() => hasty?.stop());

  /** Writes a piece, and then nothing more; what came back when the server hung up. */
  const dawdle = (piece: string) =>
    new Promise<string>((resolve, reject) => {
      let said = '';
      const socket = connect({ host: '127.0.0.1', port: portOf(hasty) }, () => socket.write(piece));
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      socket.once('close', () => resolve(said)).once('error', reject);
    });
  const head = () =>
    Object.entries({ ...good(), host: 'localhost' })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');

  it.each([
    ['with the first header', () => 'POST /mcp HTTP/1.1\r\nhost: loc'],
    ['with the body', () => `POST /mcp HTTP/1.1\r\n${head()}content-length: 50000\r\n\r\n{"jsonrpc":`],
  ])('%s', async (_, piece) => {
    expect(await dawdle(piece())).toMatch(/^HTTP\/1.1 408/);
  });
});

it('serves fifty clients at once, each by a session of its own', async () => {
  const clients = await Promise.all(Array.from({ length: 50 }, () => connectHttp(server)));
  const sessions = clients.map(({ transport }) => transport.sessionId);
  expect(new Set(sessions).size).toBe(50);
  const lists = await Promise.all(clients.map(({ client }) => client.listTools()));
  for (const { tools } of lists) expect(tools.map(({ name }) => name)).toContain('agent_spawn');
  await Promise.all(clients.map(({ transport }) => transport.terminateSession()));
  await Promise.all(clients.map((each) => each.close()));
  // All of them are free again.
  expect((await post(server, HELLO)).status).toBe(200);
});

it('a second caller has a token and sessions of his own, until his token is taken away', async () => {
  const bga = (...args: string[]) => runBga(place.env, place.workspace, 'mcp', '--http', ...args);
  const token = (await bga('--add-token', 'bob')).stdout.trim();
  const bob = { url: server.url, token };
  const mine = await post(server, HELLO);
  const header = { 'mcp-session-id': String(mine.headers.get('mcp-session-id')) };
  expect((await post(server, LIST, header)).status).toBe(200);
  const his = await post(bob, LIST, header);
  const nobodys = await post(bob, LIST, { 'mcp-session-id': '00000000-0000-0000-0000-000000000000' });
  expect([his.status, his.body]).toEqual([404, nobodys.body]);
  expect((await post(bob, LIST)).status).toBe(200);
  const again = await bga('--add-token', 'bob');
  expect(again.stderr).toMatch(/replaces the one that bob had/i);
  expect((await post(bob, LIST)).status).toBe(401);
  bob.token = again.stdout.trim();
  expect((await post(bob, LIST)).status).toBe(200);
  expect((await bga('--remove-token', 'bob')).code).toBe(0);
  expect((await post(bob, LIST)).status).toBe(401);
  const shown = await bga('--show-token', 'bob');
  expect(shown).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no token of "bob".') });
  expect(await bga('--remove-token', 'bob')).toEqual(shown);
});

describe('limits', () => {
  it('requests of a caller in a minute, and says when to come again', async () => {
    const limited = await startHttpServer(place, {
      BGA_HTTP_REQUESTS_PER_MINUTE: '3',
      BGA_HTTP_MAX_SESSIONS: '1',
    });
    try {
      expect((await post(limited, HELLO)).status).toBe(200);
      const full = await post(limited, HELLO);
      expect([full.status, full.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
      expect((await post(limited, LIST)).status).toBe(200);
      const over = await post(limited, LIST);
      expect([over.status, over.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
      expect(Object(over.body.error).message).toMatch(/Try again in \d+ s/);
    } finally {
      await limited.stop();
    }
  });

  it('connections', async () => {
    const limited = await startHttpServer(place, { BGA_HTTP_MAX_CONNECTIONS: '2' });
    const held = [0, 1].map(() => connect({ host: '127.0.0.1', port: portOf(limited) }));
    try {
      await until(() => held.every((socket) => !socket.connecting));
      const over = await ask(
        { headers: { ...good(), authorization: `Bearer ${limited.token}` } },
        portOf(limited),
      );
      expect([over.status, over.headers['retry-after']]).toEqual([429, '1']);
      for (const socket of held) socket.destroy();
      await until(async () => (await post(limited, LIST)).status === 200);
    } finally {
      await limited.stop();
    }
  });
});

it('told to end, it lets a request under way end, and sends new ones away until then', async () => {
  const ending = await startHttpServer(place);
  const body = JSON.stringify(LIST);
  const headers = { ...good(), 'content-length': String(body.length) };
  const call = request({ host: '127.0.0.1', port: portOf(ending), method: 'POST', path: '/mcp', headers });
  const answered = new Promise<number>((resolve) =>
    call.once('response', (response) => resolve(response.resume().statusCode ?? 0)),
  );
  call.write(body.slice(0, 10));
  await until(() => call.socket?.bytesWritten);
  expect((await post(ending, LIST)).status).toBe(200);
  ending.process.kill('SIGTERM');
  await until(
    async () => (await ask({ method: 'GET', path: '/health', body: '' }, portOf(ending))).status === 503,
  );
  const away = await post(ending, LIST);
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
  call.end(body.slice(10));
  expect(await answered).toBe(200);
  expect(await ending.exited).toBe(0);
});

it('comes back on the same port, and elsewhere than on loopback not without a token that somebody made', async () => {
  const bga = (env: Record<string, string>) =>
    runBga({ ...place.env, ...env }, place.workspace, 'mcp', '--http', '--host', '0.0.0.0');
  const refused = await bga({});
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--add-token NAME')]);
  const port = portOf(server);
  server.process.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  server = await startHttpServer(place, LIMITS);
  expect(portOf(server)).toBe(port);
  const open = await startHttpServer(place, {
    BGA_HTTP_HOST: '0.0.0.0',
    BGA_HTTP_TOKEN: 'a token of sixteen or more'.replaceAll(' ', '-'),
  });
  try {
    const asked = { headers: { ...good(), authorization: 'Bearer a-token-of-sixteen-or-more' } };
    expect((await ask(asked, portOf(open))).status).toBe(200);
    expect((await ask({ headers: { ...asked.headers, host: 'name.example' } }, portOf(open))).status).toBe(
      403,
    );
  } finally {
    await open.stop();
  }
});
