/**
 * MCP clients of other makes and times, over stdio and over HTTP: the SDK before this one, and every revision of the
 * protocol since the first that counts.
 */
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from 'mcp-sdk-v1/client/index.js';
import { StdioClientTransport as StdioV1 } from 'mcp-sdk-v1/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from 'mcp-sdk-v1/client/streamableHttp.js';
import { connectHttp, type HttpServer, post, startHttpServer } from '../mcp/httpServer';
import { connectMcp, type Mcp, type Reply, rawMcp, replyOf, TOOLS } from '../mcp/support';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { BGA, type Product, startProduct } from '../support/product';

let models: ModelServer;
let product: Product;
let http: HttpServer;
let release: () => void = () => undefined;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer\nof two lines' }));
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });
  models.script('held', () => held);
  product = await startProduct({ modelUrl: models.url });
  http = await startHttpServer(product);
}, 120_000);

afterAll(async () => {
  release();
  await http?.stop();
  await product?.stop();
  await models?.stop();
});

/** As much of a client as every revision has. */
interface AnyClient {
  tools(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>): Promise<Reply>;
  close(): Promise<void>;
}

/** What goes over the wire, with no SDK between. */
async function clientOfRevision(revision: string): Promise<AnyClient> {
  const raw = rawMcp(product);
  let lastId = 0;
  const ask = async (method: string, params: object) => {
    lastId += 1;
    raw.send({ jsonrpc: '2.0', id: lastId, method, params });
    return Object((await raw.answerTo(lastId)).result);
  };
  const clientInfo = { name: 'raw', version: '1' };
  const hello = await ask('initialize', { protocolVersion: revision, capabilities: {}, clientInfo });
  expect(hello.protocolVersion).toBe(revision);
  raw.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return {
    tools: async () => namesOf((await ask('tools/list', {})).tools),
    call: async (name, args) => replyOf(await ask('tools/call', { name, arguments: args })),
    close: async () => {
      raw.process.stdin?.end();
      expect(await raw.exited).toBe(0);
    },
  };
}

/** It has no `initialize`: each request says for itself which revision it speaks. */
async function clientWithoutInitialize(): Promise<AnyClient> {
  const mcp: Mcp = await connectMcp(product, {}, { mode: { pin: '2026-07-28' } });
  expect(mcp.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  return {
    tools: async () => namesOf((await mcp.client.listTools()).tools),
    call: (name, args) => mcp.call(name, args),
    close: () => mcp.close(),
  };
}

/** The SDK's client as it was when that was the latest revision: it asks for it, and takes no other. */
async function sdkClientOfRevision(revision: string, transport: Transport): Promise<AnyClient> {
  const client = new Client({ name: 'sdk', version: '1' }, { supportedProtocolVersions: [revision] });
  await client.connect(transport);
  expect(client.getNegotiatedProtocolVersion()).toBe(revision);
  return {
    tools: async () => namesOf((await client.listTools()).tools),
    call: async (name, args) => replyOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

const ours = () => ({
  command: process.execPath,
  args: [BGA, 'mcp'],
  env: JSON.parse(JSON.stringify(product.env)),
  cwd: product.workspace,
});
const overStdio = (revision: string) => sdkClientOfRevision(revision, new StdioClientTransport(ours()));
const overHttp = (revision: string) =>
  sdkClientOfRevision(
    revision,
    new StreamableHTTPClientTransport(new URL(http.url), { requestInit: bearer() }),
  );

const olderOverStdio = () => olderSdk(new StdioV1(ours()));

const bearer = () => ({ headers: { authorization: `Bearer ${http.token}` } });
const olderOverHttp = () => olderSdk(new HttpV1(new URL(http.url), { requestInit: bearer() }));

async function olderSdk(transport: StdioV1 | HttpV1): Promise<AnyClient> {
  const client = new ClientV1({ name: 'older', version: '1' });
  await client.connect(transport);
  return {
    // It checks each structured result against the schema that was listed.
    tools: async () => namesOf((await client.listTools()).tools),
    call: async (name, args) => replyOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

/** By a session, as revisions of 2025 have it. */
async function httpClientOfRevision(revision: string): Promise<AnyClient> {
  const clientInfo = { name: 'raw', version: '1' };
  const params = { protocolVersion: revision, capabilities: {}, clientInfo };
  const hello = await post(http, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
  expect(Object(hello.body.result).protocolVersion).toBe(revision);
  const headers = {
    'mcp-session-id': String(hello.headers.get('mcp-session-id')),
    'mcp-protocol-version': revision,
  };
  await post(http, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  let lastId = 1;
  const ask = async (method: string, asked: object) => {
    lastId += 1;
    return Object(
      (await post(http, { jsonrpc: '2.0', id: lastId, method, params: asked }, headers)).body.result,
    );
  };
  return {
    tools: async () => namesOf((await ask('tools/list', {})).tools),
    call: async (name, args) => replyOf(await ask('tools/call', { name, arguments: args })),
    close: async () => {
      const end = () => fetch(http.url, { method: 'DELETE', headers: { ...bearer().headers, ...headers } });
      expect((await end()).status).toBe(200);
      expect((await end()).status).toBe(404);
    },
  };
}

async function httpClientWithoutInitialize(): Promise<AnyClient> {
  const mcp = await connectHttp(http, { mode: { pin: '2026-07-28' } });
  expect(mcp.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  expect(mcp.transport.sessionId).toBeUndefined();
  return {
    tools: async () => namesOf((await mcp.client.listTools()).tools),
    call: (name, args) => mcp.call(name, args),
    close: () => mcp.close(),
  };
}

function namesOf(tools: { name: string }[]): string[] {
  return tools.map(({ name }) => name);
}

/** From the text: clients before 2025-06-18 know no structured results. */
function idIn({ text }: Reply): string {
  const [id] = text.match(/\bexplore-[0-9a-z]{12}\b/) ?? [];
  if (id === undefined) throw new Error(`No id in: ${text}`);
  return id;
}

async function callEach(client: AnyClient): Promise<void> {
  expect(await client.tools()).toEqual(TOOLS);
  const id = idIn(await client.call('agent_spawn', { task: 'x', agent_type: 'explore' }));
  const waited = await client.call('agent_wait', { agent_ids: [id], timeout_ms: 50_000 });
  expect(waited.data).toMatchObject({
    finished: [{ agent_id: id, status: 'completed' }],
    timed_out: false,
  });
  const read = await client.call('agent_output', { agent_id: id, filter: 'two' });
  expect(read.text).toContain('of two lines');
  expect(read.data).toMatchObject({ text: 'of two lines', matched_lines: 1 });
  const status = await client.call('agent_status', { agent_id: id });
  expect(status.data).toMatchObject({ status: 'completed', reason: 'answered', progress: { turn: 1 } });
  const held = idIn(await client.call('agent_spawn', { task: 'held', agent_type: 'explore' }));
  const killed = await client.call('agent_kill', { agent_id: held, reason: 'enough' });
  expect(killed.data).toMatchObject({ agent_id: held, status: 'killed', reason: 'killed' });
  const listed = await client.call('agent_list', { scope: 'session' });
  // Without a connection, a caller's session is always the same one.
  expect(Object(listed.data).agents.slice(0, 2)).toMatchObject([{ agent_id: held }, { agent_id: id }]);
  const sent = await client.call('agent_send', { agent_id: id, message: 'and more' });
  expect(sent.data).toMatchObject({ agent_id: id, delivered: 'continued' });
  const more = await client.call('agent_wait', { agent_ids: [id], timeout_ms: 50_000 });
  expect(more.data).toMatchObject({ finished: [{ agent_id: id, status: 'completed' }] });
  const foreground = await client.call('agent_spawn', {
    task: 'y',
    agent_type: 'explore',
    background: false,
  });
  expect(foreground.data).toMatchObject({ status: 'completed', text: 'an answer\nof two lines' });
  const many = await client.call('agent_spawn_many', {
    tasks: ['one', 'two'].map((task) => ({ task, agent_type: 'explore' })),
  });
  expect(many.data).toMatchObject({ agents: [{ agent_type: 'explore' }, { agent_type: 'explore' }] });
  const refused = await client.call('agent_status', { agent_id: 'explore-nobody' });
  expect([refused.isError, refused.text]).toEqual([
    true,
    expect.stringContaining('No agent "explore-nobody"'),
  ]);
}

describe.each([
  ['revision 2024-11-05', () => clientOfRevision('2024-11-05')],
  ['revision 2025-03-26', () => clientOfRevision('2025-03-26')],
  ['revision 2025-06-18', () => overStdio('2025-06-18')],
  ['revision 2025-11-25', () => overStdio('2025-11-25')],
  ['revision 2026-07-28', clientWithoutInitialize],
  ['the older SDK', olderOverStdio],
  ['revision 2025-06-18 over HTTP', () => overHttp('2025-06-18')],
  ['revision 2025-11-25 over HTTP', () => overHttp('2025-11-25')],
  ['revision 2025-11-25 over HTTP, with no SDK between', () => httpClientOfRevision('2025-11-25')],
  ['revision 2026-07-28 over HTTP', httpClientWithoutInitialize],
  ['the older SDK over HTTP', olderOverHttp],
])('%s', (_, connect) => {
  it('lists the tools and calls each of them', async () => {
    const client = await connect();
    try {
      await callEach(client);
    } finally {
      await client.close();
    }
  });
});
