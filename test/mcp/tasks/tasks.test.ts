/** Agents as tasks of revision 2026-07-28, with the whole product behind them. */
import { type ModelServer, startModelServer } from '../../support/modelServer';
import { type Product, startProduct, until } from '../../support/product';
import { connectMcp, done, type Mcp, rawMcp } from '../support';
import { extTasks, type ModernStdio, modern, unmarked } from './support';

let models: ModelServer;
let product: Product;
let client: ModernStdio;
let mcp: Mcp;
const clients: ModernStdio[] = [];
const opened = (made: ModernStdio) => {
  clients.push(made);
  return made;
};
let release: () => void = () => undefined;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer\nof two lines' }));
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });
  models.script('held', () => held);
  models.script('cut off', [{ text: 'half', stopReason: 'max_tokens' }]);
  models.script('slow', [{ text: 'in its own time', latencyMs: 3_000 }]);
  product = await startProduct({ modelUrl: models.url });
  client = opened(modern(product));
  mcp = await connectMcp(product);
}, 120_000);

afterAll(async () => {
  release();
  await mcp?.close();
  await Promise.all(clients.map((each) => each.close()));
  await product?.stop();
  await models?.stop();
});

const ID = /^explore-[0-9a-hjkmnp-tv-z]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DAY_MS = 86_400_000;

describe('a spawn in the foreground, of a client that takes tasks', () => {
  it('returns a task at once, whose id is the agent', async () => {
    const task = await client.spawn('held, a task');
    expect(task).toMatchObject({
      resultType: 'task',
      taskId: expect.stringMatching(ID),
      status: 'working',
      statusMessage: expect.any(String),
      createdAt: expect.stringMatching(TIME),
      lastUpdatedAt: expect.stringMatching(TIME),
      ttlMs: null,
      pollIntervalMs: 2_000,
    });
    expect(Object.keys(task)).not.toEqual(expect.arrayContaining(['task']));
    for (const key of ['result', 'error', 'inputRequests', 'requestState'])
      expect(task).not.toHaveProperty(key);
    const status = await done(mcp, 'agent_status', { agent_id: task.taskId });
    expect(status).toMatchObject({ agent_id: task.taskId, lifetime: 'detached' });
  });

  it('is answered by tasks/get with what the call would have returned', async () => {
    const { taskId } = await client.spawn('one');
    const task = await client.until(taskId, 'completed');
    expect(task).toMatchObject({
      resultType: 'complete',
      taskId,
      statusMessage: 'completed after 1 turn',
      result: {
        content: [{ type: 'text', text: expect.stringContaining('an answer\nof two lines') }],
        structuredContent: {
          agent_id: taskId,
          status: 'completed',
          reason: 'answered',
          text: 'an answer\nof two lines',
        },
      },
    });
    expect(Object(task.result).isError).toBeUndefined();
    const livedMs = Date.parse(String(task.lastUpdatedAt)) - Date.parse(String(task.createdAt));
    expect(livedMs).toBeGreaterThanOrEqual(0);
    expect(task.ttlMs).toBe(livedMs + 30 * DAY_MS);
  });

  it('is completed with an error when the agent failed', async () => {
    const { taskId } = await client.spawn('cut off');
    expect(await client.until(taskId, 'completed')).toMatchObject({
      statusMessage: expect.stringContaining('max_tokens'),
      result: {
        isError: true,
        structuredContent: { status: 'failed', reason: 'max_tokens', error: { type: 'max_tokens' } },
      },
    });
  });

  it('says what the agent does, and since when that is known', async () => {
    const { taskId } = await client.spawn('held, in a while');
    await until(async () =>
      /^running, turn \d+: \S/.test(String((await client.result('tasks/get', { taskId })).statusMessage)),
    );
    const first = await client.result('tasks/get', { taskId });
    expect(Date.parse(String(first.lastUpdatedAt))).toBeGreaterThan(Date.parse(String(first.createdAt)));
    expect(Date.parse(String(first.lastUpdatedAt))).toBeLessThanOrEqual(Date.now());
    await until(
      async () => (await client.result('tasks/get', { taskId })).lastUpdatedAt !== first.lastUpdatedAt,
    );
  });

  it('keeps its lifetime where one is named, and its agent for a repeated key', async () => {
    const keyed = { idempotency_key: 'twice', lifetime: 'session' };
    const first = await client.spawn('keyed', keyed);
    await client.until(first.taskId, 'completed');
    const again = await client.spawn('keyed', keyed);
    expect(again).toMatchObject({ taskId: first.taskId, status: 'completed', createdAt: first.createdAt });
    expect(again).not.toHaveProperty('result');
    expect(again).toMatchObject({ structuredContent: { lifetime: 'session' } });
  });

  it('is no task when it is in the background, or refused', async () => {
    const background = await client.spawn('two', { background: true });
    expect(background).toMatchObject({ resultType: 'complete', structuredContent: { status: 'pending' } });
    expect(background).not.toHaveProperty('taskId');
    const refused = await client.spawn('', {});
    expect(refused).toMatchObject({ resultType: 'complete', isError: true });
  });
});

describe('a task is cancelled', () => {
  it('as its agent is killed, with an empty answer', async () => {
    const { taskId } = await client.spawn('held, until the end');
    const answer = await client.result('tasks/cancel', { taskId });
    expect(Object.keys(answer).sort()).toEqual(['_meta', 'resultType']);
    const task = await client.until(taskId, 'cancelled');
    expect(task).not.toHaveProperty('result');
    expect(task.statusMessage).toContain('killed');
    const status = await done(mcp, 'agent_status', { agent_id: taskId });
    expect(status).toMatchObject({ status: 'killed', reason: 'killed' });
  });

  it('only while it runs: one that has ended stays as it is', async () => {
    const { taskId } = await client.spawn('three');
    const before = await client.until(taskId, 'completed');
    expect(await client.result('tasks/cancel', { taskId })).toMatchObject({ resultType: 'complete' });
    expect(unmarked(await client.result('tasks/get', { taskId }))).toEqual(unmarked(before));
  });
});

describe('a task outlives', () => {
  it('the process that made it, killed', async () => {
    const maker = modern(product);
    const { taskId } = await maker.spawn('slow');
    maker.raw.process.kill('SIGKILL');
    await maker.raw.exited;
    const [last] = (await extTasks(product, { resume: taskId })).slice(-1);
    expect(last).toMatchObject({
      outcome: { status: 'completed', result: { structuredContent: { text: 'in its own time' } } },
    });
  });

  it('worker and server, killed', async () => {
    const { taskId } = await client.spawn('slow');
    for (const pid of [product.workerPid(), product.serverPid()]) process.kill(pid, 'SIGKILL');
    await until(async () => (await client.ask('tasks/get', { taskId })).result !== undefined, 60_000);
    expect(await client.until(taskId, 'completed')).toMatchObject({
      result: { structuredContent: { text: 'in its own time' } },
    });
  }, 120_000);
});

describe('what is wrong with a request', () => {
  it.each(['tasks/get', 'tasks/cancel', 'tasks/update'])('%s: an unknown task, or none', async (method) => {
    const params = { inputResponses: {} };
    for (const taskId of ['explore-000000000000', 'no id', '__proto__', ''])
      expect(await client.ask(method, { ...params, taskId })).toMatchObject({
        error: { code: -32602, message: expect.stringContaining(`No agent "${taskId}"`) },
      });
    for (const taskId of [undefined, 3, null, {}])
      expect(await client.ask(method, { ...params, taskId })).toMatchObject({ error: { code: -32602 } });
  });

  it('an update without answers', async () => {
    const { taskId } = await client.spawn('four');
    expect(await client.ask('tasks/update', { taskId })).toMatchObject({ error: { code: -32602 } });
    const answers = { nothing: { action: 'accept', content: {} } };
    expect(await client.result('tasks/update', { taskId, inputResponses: answers })).toMatchObject({
      resultType: 'complete',
    });
  });

  it.each(['tasks/list', 'tasks/result'])('%s, which the extension does not have', async (method) => {
    expect(await client.ask(method, { taskId: 'x' })).toMatchObject({ error: { code: -32601 } });
  });
});

describe('who does not declare the extension', () => {
  it('sees no trace of it, on the same process and revision', async () => {
    const plain = opened(modern(product, {}));
    const discovered = await plain.result('server/discover');
    const listed = await plain.result('tools/list');
    const foreground = await plain.spawn('five');
    expect(discovered.supportedVersions).toEqual(['2026-07-28']);
    expect(foreground).toMatchObject({
      resultType: 'complete',
      structuredContent: { text: expect.any(String) },
    });
    for (const seen of [discovered, listed, foreground])
      expect(JSON.stringify(seen)).not.toMatch(/modelcontextprotocol\/tasks|taskId|extensions/);
    expect(await client.result('tools/list')).toEqual(listed);
  });

  it.each([{}, { extensions: {} }, { extensions: { 'com.example/tasks': {} } }])(
    'is told what is missing: %j',
    async (capabilities) => {
      const plain = opened(modern(product, capabilities));
      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
        for (const params of [{ taskId: 'explore-000000000000', inputResponses: {} }, {}])
          expect(await plain.ask(method, params)).toMatchObject({
            error: {
              code: -32021,
              data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
            },
          });
    },
  );

  it.each(['2025-06-18', '2025-11-25'])(
    'and speaks %s, knows none of its methods',
    async (protocolVersion) => {
      const raw = rawMcp(product);
      const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} }, tasks: { list: {} } };
      const clientInfo = { name: 'raw', version: '1' };
      raw.send({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion, capabilities, clientInfo },
      });
      expect(JSON.stringify(await raw.answerTo(1))).not.toMatch(/"tasks"|extensions/);
      raw.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      const methods = ['tasks/get', 'tasks/update', 'tasks/cancel', 'tasks/list', 'tasks/result'];
      for (const [index, method] of methods.entries()) {
        raw.send({ jsonrpc: '2.0', id: 10 + index, method, params: { taskId: 'explore-000000000000' } });
        expect(await raw.answerTo(10 + index)).toMatchObject({ error: { code: -32601 } });
      }
      const spawn = {
        name: 'agent_spawn',
        arguments: { task: 'six', agent_type: 'explore', background: false },
      };
      raw.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { ...spawn, task: { ttl: 1_000 } } });
      const { result } = await raw.answerTo(2);
      expect(result).toMatchObject({ structuredContent: { status: 'completed' } });
      expect(result).not.toHaveProperty('resultType');
      expect(result).not.toHaveProperty('task');
      raw.process.stdin?.end();
      await raw.exited;
    },
  );
});

describe('the public client of tasks', () => {
  it('finds the extension offered, and follows a task to its result', async () => {
    const seen = await extTasks(product, {
      call: { task: 'seven', agent_type: 'explore', background: false },
    });
    expect(seen[0]).toMatchObject({ kind: 'task', taskId: expect.stringMatching(ID) });
    expect(seen.at(-1)).toMatchObject({
      outcome: { status: 'completed', result: { structuredContent: { text: 'an answer\nof two lines' } } },
    });
    expect(seen.filter((line) => 'error' in line)).toEqual([]);
  });

  it('cancels one', async () => {
    const call = { task: 'held, for that client', agent_type: 'explore', background: false };
    const seen = await extTasks(product, { call, cancel: true });
    expect(seen.at(-1)).toMatchObject({ outcome: { status: 'cancelled' } });
  });

  it('takes an answer that is none for one', async () => {
    const seen = await extTasks(product, { call: { task: 'eight', agent_type: 'explore' } });
    expect(seen[0]).toMatchObject({ kind: 'immediate' });
  });
});
