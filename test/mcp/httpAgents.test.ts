/** Agents over HTTP: two callers, servers that end in good order or are killed, and clients that come back. */
import { kill, status } from '../../src/agents';
import { holding } from '../support/holding';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, runBga, startProduct, until } from '../support/product';
import { connectHttp, type HttpMcp, type HttpServer, post, startHttpServer } from './httpServer';

const MODERN = { mode: { pin: '2026-07-28' } } as const;
const { held, release } = holding();
// Each starts processes, on a machine that may be busy.
jest.setTimeout(180_000);

let models: ModelServer;
let product: Product;
let server: HttpServer;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', [{ text: 'a secret answer' }]);
  models.script('held', held);
  product = await startProduct({ modelUrl: models.url });
  server = await startHttpServer(product);
}, 120_000);

afterAll(async () => {
  release();
  await server?.stop();
  await product?.stop();
  await models?.stop();
});

const spawned = async (mcp: HttpMcp, task: string, more = {}) =>
  String(
    (await mcp.call('agent_spawn', { task, agent_type: 'explore', lifetime: 'detached', ...more })).data
      .agent_id,
  );

it('no tool shows a caller the agents of another, whatever the revision', async () => {
  const { stdout } = await runBga(product.env, product.workspace, 'mcp', '--http', '--add-token', 'bob');
  const alice = await connectHttp(server, MODERN);
  const id = await spawned(alice, 'held');
  const nobody = 'explore-000000000000';
  for (const revision of [undefined, MODERN]) {
    const bob = await connectHttp({ url: server.url, token: stdout.trim() }, revision);
    const { tools } = await bob.client.listTools();
    const byId = tools.filter(({ inputSchema }) => 'agent_id' in (inputSchema.properties ?? {}));
    expect(byId.length).toBeGreaterThanOrEqual(3);
    for (const { name, inputSchema } of byId) {
      const more = inputSchema.required?.includes('message') ? { message: 'hello' } : {};
      const [his, none] = await Promise.all(
        [id, nobody].map((agent_id) => bob.call(name, { agent_id, ...more })),
      );
      expect(his?.text.replaceAll(id, nobody)).toBe(none?.text);
      expect(none?.text).toContain(`No agent "${nobody}"`);
    }
    const reading = (agent: string) =>
      bob.client.readResource({ uri: `agent://${agent}/output` }).then(
        () => 'it was read',
        ({ message }: Error) => message.replaceAll(agent, nobody),
      );
    expect(await reading(id)).toBe(await reading(nobody));
    expect(await reading(id)).toContain(nobody);
    expect((await bob.call('agent_list', { scope: 'all' })).data).toMatchObject({
      agents: [],
      counts: { running: 0 },
    });
    await bob.close();
  }
  expect((await alice.call('agent_status', { agent_id: id })).data.status).toBe('running');
  const listed = await product.bga('list', '--json');
  expect(listed.stdout).toContain(id);
  await alice.call('agent_kill', { agent_id: id });
  await alice.close();
});

it('reads only below the directory that the server was started in', async () => {
  const mcp = await connectHttp(server, MODERN);
  const { isError, text } = await mcp.call('agent_spawn', { task: 'x', workspace: '/etc' });
  expect([isError, text]).toEqual([true, expect.stringContaining('/etc')]);
  await mcp.close();
});

it('the agents of a session end with it: when its client says so, and when it is silent for long', async () => {
  const impatient = await startHttpServer(product, { BGA_HTTP_SESSION_IDLE_MS: '1500' });
  try {
    const [leaving, silent] = await Promise.all([connectHttp(impatient), connectHttp(impatient)]);
    const spawn = (mcp: HttpMcp, lifetime: string) => spawned(mcp, 'held', { lifetime });
    const [left, silenced, detached] = await Promise.all([
      spawn(leaving, 'session'),
      spawn(silent, 'session'),
      spawn(leaving, 'detached'),
    ]);
    await leaving.transport.terminateSession();
    // It only stops its stream that listens, and says nothing.
    await silent.close();
    for (const id of [left, silenced])
      expect(
        await until(async () => {
          const now = await status(product.agents, id);
          return now.status === 'killed' && now;
        }),
      ).toMatchObject({ reason: 'session_ended' });
    expect(await status(product.agents, detached)).toMatchObject({ status: 'running' });
    await kill(product.agents, detached);
  } finally {
    await impatient.stop();
  }
});

it('the command line may act as a caller, too, and then sees what he sees', async () => {
  const mcp = await connectHttp(server, MODERN);
  const id = await spawned(mcp, 'x');
  const listAs = async (owner: string) => {
    const env = { ...product.env, BGA_OWNER: owner };
    return (await runBga(env, product.workspace, 'list', '--json')).stdout;
  };
  expect(await listAs('default')).toContain(id);
  expect(JSON.parse(await listAs('carol')).agents).toEqual([]);
  await mcp.close();
});

it('told to end, it answers calls that wait with how things stand, and ends', async () => {
  const mcp = await connectHttp(server, MODERN);
  const id = await spawned(mcp, 'held');
  const waiting = mcp.call('agent_wait', { agent_ids: [id], timeout_ms: 50_000 });
  const foreground = mcp.call('agent_spawn', { task: 'held', agent_type: 'explore', background: false });
  // One with a session, and its stream that only listens.
  const listener = await connectHttp(server);
  await until(
    async () => Number(Object((await mcp.call('agent_list', { scope: 'all' })).data.counts).running) === 2,
  );
  server.process.kill('SIGTERM');
  expect((await waiting).data).toMatchObject({
    unfinished: [{ agent_id: id, status: 'running' }],
    timed_out: true,
  });
  expect((await foreground).data).toMatchObject({ status: 'running' });
  expect(await server.exited).toBe(0);
  await listener.close().catch(() => undefined);
  await mcp.close().catch(() => undefined);
  server = await startHttpServer(product);
});

it('killed with agents in flight, it comes back at the same place, and its clients find them again', async () => {
  const mcp = await connectHttp(server);
  const session = { 'mcp-session-id': mcp.transport.sessionId ?? '' };
  const ids = await Promise.all(Array.from({ length: 5 }, () => spawned(mcp, 'held')));
  const broken = mcp.call('agent_wait', { agent_ids: ids, timeout_ms: 50_000 }).catch(() => 'broken');
  await until(
    async () => Object((await post(server, LIST_RUNNING)).body.result).structuredContent.counts.running >= 5,
  );
  const { url } = server;
  await server.stop();
  expect(await broken).toBe('broken');
  server = await startHttpServer(product);
  expect(server.url).toBe(url);
  // As the protocol has it, this tells a client to begin anew.
  expect((await post(server, LIST_RUNNING, session)).status).toBe(404);
  const again = await connectHttp(server);
  const listed = await again.call('agent_list', { scope: 'all', status: 'running', limit: 100 });
  const found: { agent_id: string }[] = Object(listed.data).agents;
  expect(found.map(({ agent_id }) => agent_id)).toEqual(expect.arrayContaining(ids));
  release();
  const waited = await again.call('agent_wait', { agent_ids: ids, timeout_ms: 50_000 });
  expect(waited.data).toMatchObject({ unfinished: [], timed_out: false });
  await again.close();
});

const LIST_RUNNING = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'agent_list', arguments: { scope: 'all', status: 'running' } },
};
