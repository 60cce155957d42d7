/** Agents that ask, and the users of clients who answer by form: in revisions of 2025 and in 2026-07-28. */
import {
  Client,
  type ElicitResult,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { type ModelServer, startModelServer } from '../../support/modelServer';
import { BGA, type Product, startProduct, until } from '../../support/product';
import { type HttpServer, startHttpServer } from '../httpServer';
import { type Reply, replyOf } from '../support';
import { extTasks, modern } from '../tasks/support';

let models: ModelServer;
let product: Product;
let server: HttpServer;

beforeAll(async () => {
  models = await startModelServer();
  // What it was told comes back as its answer.
  models.script('asks', (turn, { messages }) =>
    turn === 0
      ? { tool: { name: 'ask', input: { question: 'Which of the two?', options: ['left', 'right'] } } }
      : { text: `told: ${JSON.stringify(messages.at(-1)?.content)}` },
  );
  models.script('wonders', (turn, { messages }) =>
    turn < 2
      ? { tool: { name: 'ask', input: { question: `What of ${turn}?` } } }
      : { text: `told: ${messages.map(({ content }) => JSON.stringify(content)).join(' ')}` },
  );
  product = await startProduct({ modelUrl: models.url });
  server = await startHttpServer(product);
}, 120_000);

afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await server?.stop();
  await product?.stop();
  await models?.stop();
});

interface Asked {
  message: string;
  requestedSchema: unknown;
}

interface User {
  asked: Asked[];
  call(name: string, args: Record<string, unknown>): Promise<Reply>;
}

const open: Client[] = [];

type React = (asked: Asked) => ElicitResult | Promise<ElicitResult>;

/** A client whose user reacts to each form so; on stdio, unless it is given a transport. */
async function userOf(
  revision: '2025' | '2026',
  react: React | undefined,
  transport: Transport = new StdioClientTransport({
    command: process.execPath,
    args: [BGA, 'mcp'],
    env: JSON.parse(JSON.stringify(product.env)),
    cwd: product.workspace,
  }),
): Promise<User> {
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: react ? { elicitation: { form: {} } } : {},
      ...(revision === '2026' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {}),
    },
  );
  const asked: Asked[] = [];
  if (react)
    client.setRequestHandler('elicitation/create', ({ params }) => {
      const { message, requestedSchema } = Object(params);
      asked.push({ message, requestedSchema });
      return react({ message, requestedSchema });
    });
  await client.connect(transport);
  open.push(client);
  return {
    asked,
    call: async (name, args) =>
      replyOf(await client.callTool({ name, arguments: args }, { timeout: 90_000 })),
  };
}

const SPAWN = { agent_type: 'review', background: false };
const accept = (content: Record<string, string>) => (): ElicitResult => ({ action: 'accept', content });

describe.each(['2025', '2026'] as const)('in revision %s', (revision) => {
  it('the user of a spawn in the foreground answers, and the agent goes on', async () => {
    const user = await userOf(revision, accept({ choice: 'left' }));
    const before = await count();
    const { data } = await user.call('agent_spawn', { task: 'asks', ...SPAWN });
    expect(data).toMatchObject({ status: 'completed', text: expect.stringContaining('left') });
    expect(user.asked).toEqual([
      {
        message: expect.stringMatching(/review-\w{12} asks:\n\nWhich of the two\?/),
        requestedSchema: expect.objectContaining({
          properties: expect.objectContaining({
            choice: expect.objectContaining({ enum: ['left', 'right'] }),
          }),
        }),
      },
    ]);
    expect(await count()).toBe(before + 1);
  });

  it('answers one question after the other, in words of his own', async () => {
    let answers = 0;
    const user = await userOf(revision, () => {
      answers += 1;
      return { action: 'accept', content: { answer: `word ${answers}` } };
    });
    const { data } = await user.call('agent_spawn', { task: 'wonders', ...SPAWN });
    expect(data.text).toMatch(/word 1.*word 2/s);
    expect(user.asked).toHaveLength(2);
  });

  it('answers over HTTP as well, where the client listens to nothing but its call', async () => {
    const transport = new StreamableHTTPClientTransport(new URL(server.url), {
      requestInit: { headers: { authorization: `Bearer ${server.token}` } },
      fetch: async (url, init) =>
        init?.method === 'GET' ? new Response(null, { status: 405 }) : fetch(url, init),
    });
    const user = await userOf(revision, accept({ choice: 'right' }), transport);
    const { data } = await user.call('agent_spawn', { task: 'asks', ...SPAWN });
    expect(data).toMatchObject({ status: 'completed', text: expect.stringContaining('right') });
    expect(user.asked).toHaveLength(1);
  });

  it('declines, and the agent goes on with its assumption at once', async () => {
    const user = await userOf(revision, () => ({ action: 'decline' }));
    const { data } = await user.call('agent_spawn', { task: 'asks', ...SPAWN });
    expect(data).toMatchObject({ status: 'completed', text: expect.stringContaining('declined to answer') });
  });

  it('dismisses the form: the question stays open for agent_send, and he is not asked again', async () => {
    const user = await userOf(revision, () => ({ action: 'cancel' }));
    const { data } = await user.call('agent_spawn', { task: 'asks', ...SPAWN });
    expect(data).toMatchObject({ status: 'waiting', question: { text: 'Which of the two?' } });
    const agent_ids = [data.agent_id];
    const waited = await user.call('agent_wait', { agent_ids, timeout_ms: 2_000 });
    expect(waited.data).toMatchObject({ unfinished: [{ status: 'waiting' }] });
    expect(user.asked).toHaveLength(1);
    await user.call('agent_send', { agent_id: data.agent_id, message: 'right' });
    const done = await user.call('agent_wait', { agent_ids, timeout_ms: 30_000 });
    expect(done.data).toMatchObject({ finished: [{ result: expect.stringContaining('right') }] });
  });

  it('is asked once by several waits at once, and each of them ends', async () => {
    const user = await userOf(revision, async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { action: 'accept', content: { choice: 'right' } };
    });
    const { data } = await user.call('agent_spawn', { task: 'asks', agent_type: 'review' });
    const wait = { agent_ids: [data.agent_id], timeout_ms: 30_000 };
    const waits = await Promise.all([1, 2, 3].map(() => user.call('agent_wait', wait)));
    expect(user.asked).toHaveLength(1);
    const finished = waits.filter((waited) => JSON.stringify(waited.data.finished).includes('right'));
    expect(finished.length).toBeGreaterThanOrEqual(1);
  });

  it('is not asked by a client without forms, which gets the question', async () => {
    const user = await userOf(revision, undefined);
    const { data, text } = await user.call('agent_spawn', { task: 'asks', ...SPAWN });
    expect(data).toMatchObject({ status: 'waiting', question: { options: ['left', 'right'] } });
    expect(text).toContain(String(data.agent_id));
    await user.call('agent_kill', { agent_id: data.agent_id });
  });
});

describe('a task', () => {
  const call = { task: 'asks', ...SPAWN };

  it('asks by what tasks/get returns, and goes on with tasks/update', async () => {
    const seen = await extTasks(product, { call, answer: { action: 'accept', content: { choice: 'left' } } });
    expect(seen.filter((line) => 'asked' in line)).toEqual([
      {
        asked: expect.objectContaining({
          mode: 'form',
          message: expect.stringContaining('Which of the two?'),
        }),
      },
    ]);
    expect(seen.map(({ status }) => status)).toContain('input_required');
    expect(seen.at(-1)).toMatchObject({
      outcome: {
        status: 'completed',
        result: { structuredContent: { text: expect.stringContaining('left') } },
      },
    });
  });

  it('passes over answers to anything else, and takes the one to its question once', async () => {
    const client = modern(product, {
      elicitation: { form: {} },
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    });
    const { taskId } = await client.spawn('asks', { agent_type: 'review' });
    const task = await client.until(taskId, 'input_required');
    const [key = ''] = Object.keys(Object(task.inputRequests));
    const update = (inputResponses: object) => client.result('tasks/update', { taskId, inputResponses });
    const answer = { action: 'accept', content: { choice: 'left' } };
    await update({ other: answer, [`${taskId}/1`]: answer, [key]: { action: 'cancel' } });
    expect(await client.result('tasks/get', { taskId })).toMatchObject({ inputRequests: task.inputRequests });
    await update({ [key]: answer });
    await update({ [key]: { action: 'accept', content: { choice: 'right' } } });
    const { result } = await client.until(taskId, 'completed');
    await update({ [key]: answer });
    expect(Object(result).structuredContent.text).toContain('left');
    expect(Object(result).structuredContent.text).not.toContain('right');
    expect((await client.result('tasks/get', { taskId })).status).toBe('completed');
    await client.close();
  });

  it('only says that it waits to a client without forms', async () => {
    const client = modern(product);
    const { taskId } = await client.spawn('asks', { agent_type: 'review' });
    await until(async () => {
      const task = await client.result('tasks/get', { taskId });
      return task.status === 'working' && String(task.statusMessage).includes('Which of the two?');
    });
    await client.result('tasks/cancel', { taskId });
    await client.close();
  });
});

async function count(): Promise<number> {
  return (await product.agents.temporal.client.workflow.count("WorkflowType = 'agent'")).count;
}
