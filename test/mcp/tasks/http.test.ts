/** Tasks over HTTP, where each request is on its own, and each caller has his own agents. */

import { type ModelServer, startModelServer } from '../../support/modelServer';
import { type Product, startProduct } from '../../support/product';
import { type HttpServer, post, startHttpServer } from '../httpServer';
import { type Modern, modern, modernHttp } from './support';

let models: ModelServer;
let product: Product;
let server: HttpServer;
let client: Modern;
let release: () => void = () => undefined;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer' }));
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });
  models.script('held', () => held);
  product = await startProduct({ modelUrl: models.url });
  server = await startHttpServer(product);
  client = modernHttp(server);
}, 120_000);

afterAll(async () => {
  release();
  await server?.stop();
  await product?.stop();
  await models?.stop();
});

it('offers the extension to whom declares it, and to nobody else', async () => {
  expect(await client.result('server/discover')).toMatchObject({
    capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } },
  });
  const plain = modernHttp(server, {});
  const seen = [
    await plain.result('server/discover'),
    await plain.result('tools/list'),
    await plain.spawn('none'),
  ];
  for (const answer of seen)
    expect(JSON.stringify(answer)).not.toMatch(/modelcontextprotocol\/tasks|taskId|extensions/);
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
    expect(await plain.ask(method, { taskId: 'explore-000000000000', inputResponses: {} })).toMatchObject({
      error: { code: -32021 },
    });
});

it('answers for a task in whatever process, and on whatever transport', async () => {
  const { taskId } = await client.spawn('held, over HTTP');
  await server.stop();
  server = await startHttpServer(product);
  client = modernHttp(server);
  expect(await client.result('tasks/get', { taskId })).toMatchObject({ taskId, status: 'working' });
  const onStdio = modern(product);
  expect(await onStdio.result('tasks/get', { taskId })).toMatchObject({ taskId, status: 'working' });
  await onStdio.close();
  await client.result('tasks/cancel', { taskId });
  await client.until(taskId, 'cancelled');
});

it('knows no task of another caller, in the same words as of none', async () => {
  const { stdout } = await product.bga('mcp', '--http', '--add-token', 'other');
  const other = modernHttp({ url: server.url, token: String(stdout.trim().split(/\s+/).at(-1)) });
  const { taskId } = await client.spawn('held, and private');
  const absent = 'explore-000000000000';
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const params = { inputResponses: {} };
    const { error } = await other.ask(method, { ...params, taskId });
    const { error: none } = await other.ask(method, { ...params, taskId: absent });
    expect(error).toMatchObject({ code: -32602 });
    expect(JSON.stringify(error).replaceAll(String(taskId), absent)).toBe(JSON.stringify(none));
  }
  expect(await client.result('tasks/get', { taskId })).toMatchObject({ status: 'working' });
  await client.result('tasks/cancel', { taskId });
});

it('refuses a request whose header names another task', async () => {
  const { taskId } = await client.spawn('routed');
  const request = { jsonrpc: '2.0', id: 1, method: 'tasks/get', params: { taskId, _meta: META } };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tasks/get' };
  const other = await post(server, request, { ...headers, 'mcp-name': 'explore-000000000000' });
  expect(other).toMatchObject({ status: 400, body: { error: { code: -32020 } } });
  const same = await post(server, request, { ...headers, 'mcp-name': String(taskId) });
  expect(same).toMatchObject({ status: 200, body: { result: { taskId } } });
});

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
};
