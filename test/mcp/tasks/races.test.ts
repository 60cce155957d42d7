/** Tasks under clients that ask all at once, go away, and send what nobody should. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '../../../src/agents';
import { type ModelServer, startModelServer } from '../../support/modelServer';
import { type Product, startProduct, until } from '../../support/product';
import { connectMcp, done, type Mcp } from '../support';
import { type ModernStdio, modern, unmarked } from './support';

let models: ModelServer;
let product: Product;
let client: ModernStdio;
let mcp: Mcp;
let release: () => void = () => undefined;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer' }));
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });
  models.script('held', () => held);
  product = await startProduct({ modelUrl: models.url });
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\nbeta\n');
  client = modern(product);
  mcp = await connectMcp(product);
}, 120_000);

afterAll(async () => {
  release();
  await Promise.all([client?.close(), mcp?.close()]);
  await product?.stop();
  await models?.stop();
});

const many = <Each>(count: number, each: (index: number) => Promise<Each>) =>
  Promise.all(Array.from({ length: count }, (_, index) => each(index)));

it('fifty looks at once see the same', async () => {
  const { taskId } = await client.spawn('looked at');
  await client.until(taskId, 'completed');
  const seen = await many(50, () => client.result('tasks/get', { taskId }));
  expect(new Set(seen.map((task) => JSON.stringify(unmarked(task)))).size).toBe(1);
});

it('twenty spawns at once are twenty tasks, and the same key one', async () => {
  const tasks = await many(20, (index) => client.spawn(`the ${index}th`));
  expect(new Set(tasks.map(({ taskId }) => taskId)).size).toBe(20);
  const keyed = await many(20, () => client.spawn('the one', { idempotency_key: 'one' }));
  expect(new Set(keyed.map(({ taskId }) => taskId)).size).toBe(1);
  for (const { taskId } of [...tasks, ...keyed.slice(0, 1)]) await client.until(taskId, 'completed');
}, 120_000);

it('one that is cancelled before a worker has it, by many at once, ends once', async () => {
  const { taskId } = await client.spawn('held, hardly begun');
  const answers = await many(10, () => client.ask('tasks/cancel', { taskId }));
  for (const answer of answers) expect(answer).toMatchObject({ result: { resultType: 'complete' } });
  const first = await client.until(taskId, 'cancelled');
  expect(await client.result('tasks/get', { taskId })).toEqual(first);
});

it('one that goes on in new runs is the same task at every look', async () => {
  const turns = 8;
  models.script('long', (turn) =>
    turn === turns
      ? { text: 'the end' }
      : { text: `turn ${turn}`, tool: { name: 'read_file', input: { path: 'a.txt', to_line: turn + 1 } } },
  );
  const hurried = { ...product.agents, historyLimits: { events: 5, bytes: 1_000_000 } };
  const { agent_id: taskId } = await spawn(hurried, { task: 'long', agent_type: 'explore', max_turns: 100 });
  const looks: Record<string, unknown>[] = [];
  await until(async () => {
    looks.push(...(await many(3, () => client.result('tasks/get', { taskId }))));
    return looks.at(-1)?.status === 'completed';
  }, 60_000);
  expect(new Set(looks.map(({ createdAt }) => createdAt)).size).toBe(1);
  expect(new Set(looks.map(({ status }) => status))).toEqual(new Set(['working', 'completed']));
  const described = await product.agents.temporal.client.workflow.getHandle(taskId).describe();
  expect(described.raw.workflowExecutionInfo?.firstRunId).not.toBe(described.runId);
}, 120_000);

it('a client that is gone before the answer has lost no agent', async () => {
  const hasty = modern(product);
  await hasty.result('tools/list');
  const params = { name: 'agent_spawn', arguments: { task: 'left behind', background: false }, _meta: META };
  hasty.raw.send({ jsonrpc: '2.0', id: 99, method: 'tools/call', params });
  await until(async () => (await listed('left behind')) > 0);
  hasty.raw.process.kill('SIGKILL');
  await hasty.raw.exited;
  expect(await listed('left behind')).toBe(1);
});

it('a call that is cancelled lets its server live', async () => {
  const params = { name: 'agent_spawn', arguments: { task: 'taken back', background: false }, _meta: META };
  client.raw.send({ jsonrpc: '2.0', id: 'taken back', method: 'tools/call', params });
  const cancelled = { requestId: 'taken back', reason: 'changed my mind' };
  client.raw.send({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { ...cancelled, _meta: META },
  });
  expect(await client.result('tools/list')).toHaveProperty('tools');
});

describe('what nobody should send', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 'x' : { x: nested(depth - 1) });
  it.each<[string, unknown]>([
    ['a million characters', 'x'.repeat(1_000_000)],
    ['controls and marks', 'explore-\u0000\u001b[31m\u202e0000'],
    ['half a pair', 'explore-\ud800'],
    ['a path', '../../etc/passwd'],
    ['a gate', 'gate-s-0000000000000000'],
    ['an object', nested(200)],
    ['a list', ['explore-000000000000']],
    ['a number', 1e308],
  ])('for an id: %s', async (_, taskId) => {
    for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
      const answer = await client.ask(method, { taskId, inputResponses: {} });
      expect(answer).toMatchObject({ error: { code: -32602 } });
      expect(JSON.stringify(answer).length).toBeLessThan(1_000);
    }
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['text', 'accept'],
    ['nothing', null],
    ['prototypes', JSON.parse('{"__proto__":{"action":"accept"},"constructor":{"action":"accept"}}')],
    ['depth', { question: { action: 'accept', content: nested(500) } }],
  ])('for answers: %s', async (_, inputResponses) => {
    const { taskId } = await client.spawn('asks nothing');
    const answer = await client.ask('tasks/update', { taskId, inputResponses });
    expect([undefined, -32602]).toContain(Object(answer.error).code);
    await client.until(taskId, 'completed');
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', ['io.modelcontextprotocol/tasks']],
    ['text', 'io.modelcontextprotocol/tasks'],
  ])('for extensions: %s', async (_, extensions) => {
    const odd = modern(product, { extensions });
    const seen = [await odd.ask('server/discover'), await odd.ask('tasks/get', { taskId: 'x' })];
    for (const answer of seen) expect(JSON.stringify(answer)).not.toContain('"taskId"');
    expect(seen[1]).toHaveProperty('error');
    await odd.close();
  });
});

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
};

async function listed(task: string): Promise<number> {
  const { agents } = await done(mcp, 'agent_list', { limit: 100 });
  return Array.isArray(agents) ? agents.filter((agent) => Object(agent).task === task).length : 0;
}
