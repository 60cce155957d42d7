/** Tokens of an OAuth issuer: which are taken, whose agents they show, and how a client learns where to get one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv } from '../support/product';
import { type HttpServer, post, startHttpServer } from './httpServer';
import { startIssuer, type TestIssuer } from './issuer';
import type { Place } from './support';

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const PUBLIC_URL = 'https://agents.example/bga/mcp';
let place: Place;
let issuer: TestIssuer;
let server: HttpServer;

beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'bga-oauth-'));
  place = { env: cleanEnv(home, { TEMPORAL_ADDRESS: '127.0.0.1:1' }), workspace: home };
  issuer = await startIssuer(() => PUBLIC_URL);
  server = await startHttpServer(place, {
    BGA_HTTP_ISSUER: issuer.url,
    BGA_HTTP_PUBLIC_URL: PUBLIC_URL,
    BGA_HTTP_SCOPES: 'agents',
  });
});

afterAll(async () => {
  await server?.stop();
  await issuer?.close();
  rmSync(place.workspace, { recursive: true, force: true });
});

const listWith = (token: string) => post({ url: server.url, token }, LIST);
const scope = 'openid agents';
const anHourAgo = () => Math.floor(Date.now() / 1000) - 3_600;

it('says where its tokens come from', async () => {
  const response = await fetch(server.url, { method: 'POST' });
  const metadataUrl = 'https://agents.example/.well-known/oauth-protected-resource/bga/mcp';
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer realm="background-agents", resource_metadata="${metadataUrl}", scope="agents"`,
  );
  for (const path of [new URL(metadataUrl).pathname, '/.well-known/oauth-protected-resource']) {
    const metadata = await fetch(new URL(path, server.url));
    expect(await metadata.json()).toEqual({
      resource: PUBLIC_URL,
      authorization_servers: [issuer.url],
      bearer_methods_supported: ['header'],
      scopes_supported: ['agents'],
      resource_name: 'background-agents',
    });
  }
});

it('takes a token of the issuer, and its own ones as well', async () => {
  expect((await listWith(issuer.token({ scope }))).status).toBe(200);
  expect((await listWith(issuer.token({ scp: ['agents'], scope: undefined }))).status).toBe(200);
  expect((await listWith(issuer.token({ scope, aud: ['https://other.example', PUBLIC_URL] }))).status).toBe(
    200,
  );
  expect((await listWith(server.token)).status).toBe(200);
});

describe('takes no token', () => {
  it.each<[string, () => string]>([
    ['that has expired', () => issuer.token({ scope, exp: anHourAgo() })],
    ['that is not valid yet', () => issuer.token({ scope, nbf: anHourAgo() + 7_200 })],
    ['that never expires', () => issuer.token({ scope, exp: undefined })],
    ['for somebody else', () => issuer.token({ scope, aud: 'https://other.example' })],
    ['of another issuer', () => issuer.token({ scope, iss: 'https://evil.example' })],
    ['of nobody', () => issuer.token({ scope, sub: undefined })],
    ['that says it is not signed', () => issuer.token({ scope }, { alg: 'none' }).replace(/[^.]*$/, '')],
    ['that says it is signed otherwise', () => issuer.token({ scope }, { alg: 'HS256' })],
    [
      'that was changed',
      () => issuer.token({ scope }).replace(/\.[^.]*\./, (body) => `${body.slice(0, -6)}AAAAA.`),
    ],
    ['that is none', () => 'a.b.c'],
  ])('%s', async (_, token) => {
    const answer = await listWith(token());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('without the scope, and says which it is', async () => {
    const answer = await listWith(issuer.token({ scope: 'openid' }));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(answer.headers.get('www-authenticate')).toContain('scope="agents"');
  });
});

it('keeps subjects apart, also from a token of the same name', async () => {
  const alice = { url: server.url, token: issuer.token({ scope }) };
  const hello = await post(alice, HELLO);
  const header = { 'mcp-session-id': String(hello.headers.get('mcp-session-id')) };
  expect((await post(alice, LIST, header)).status).toBe(200);
  // It was renewed, and is still hers.
  expect((await post({ ...alice, token: issuer.token({ scope, jti: '2' }) }, LIST, header)).status).toBe(200);
  for (const sub of ['bob', 'alice '])
    expect((await post({ ...alice, token: issuer.token({ scope, sub }) }, LIST, header)).status).toBe(404);
  const ofDefault = issuer.token({ scope, sub: 'default' });
  const own = await post(server, HELLO);
  const session = { 'mcp-session-id': String(own.headers.get('mcp-session-id')) };
  expect((await post({ ...alice, token: ofDefault }, LIST, session)).status).toBe(404);
});

it('says that it is not the token when the keys cannot be read', async () => {
  const away = await startIssuer(() => PUBLIC_URL);
  await away.close();
  const other = await startHttpServer(place, { BGA_HTTP_ISSUER: away.url, BGA_HTTP_PUBLIC_URL: PUBLIC_URL });
  try {
    const answer = await post({ url: other.url, token: away.token({ scope }) }, LIST);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await post(other, LIST)).status).toBe(200);
  } finally {
    await other.stop();
  }
});
