/** Sessions that calls name, over two servers that share nothing but Temporal; their transport has no connection. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { namedSessionId } from '../../src/agents/namedSession';
import { type Caller, callerOf } from '../../src/agents/owner';
import { loadConfig } from '../../src/config';
import { type Connection, createConnection } from '../../src/mcp/connection';
import { createNamedSessions, type NamedSessions } from '../../src/mcp/namedSessions';
import { createMcpServer } from '../../src/mcp/server';
import {
  NAMED_SESSION_WORKFLOW,
  readingsQuery,
  readSignal,
  sessionWorkflowId,
} from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { connectHttp, startHttpServer } from './httpServer';
import { type Reply, replyOf } from './support';

const SILENCE_MS = 4_000;
const ann = callerOf('ann', { shareAgents: false });
const bob = callerOf('bob', { shareAgents: false });

let models: ModelServer;
let product: Product;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'late' });
});
const connections: Connection[] = [];
let one: NamedSessions;
let other: NamedSessions;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'first\nsecond' }));
  models.script('held', () => held);
  product = await startProduct({ modelUrl: models.url });
  one = server();
  other = server();
}, 120_000);

afterAll(async () => {
  release();
  await Promise.all(connections.map((connection) => connection.close()));
  await product?.stop();
  await models?.stop();
});

/** As a process of its own would have it. */
function server(silenceMs = 3_600_000): NamedSessions {
  const { env, workspace } = product;
  const loaded = loadConfig({ env, workspace });
  const config = { ...loaded, http: { ...loaded.http, sessionIdleMs: silenceMs } };
  const connection = createConnection({ config, env, workspace, onRemark: () => undefined });
  connections.push(connection);
  return createNamedSessions(connection);
}

/** One call over a server and a transport of its own. */
async function call(
  sessions: NamedSessions,
  caller: Caller,
  name: string,
  args: Record<string, unknown> = {},
): Promise<Reply> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '1' });
  await createMcpServer(sessions.doorFor(caller), '').connect(far);
  await client.connect(near);
  try {
    return replyOf(await client.callTool({ name, arguments: args }, { timeout: 60_000 }));
  } finally {
    await client.close();
  }
}

async function data(...args: Parameters<typeof call>) {
  const reply = await call(...args);
  if (reply.isError) throw new Error(reply.text);
  return reply.data;
}

const spawned = async (sessions: NamedSessions, caller: Caller, args: Record<string, unknown>) =>
  String((await data(sessions, caller, 'agent_spawn', { agent_type: 'explore', ...args })).agent_id);

const ended = (agent_id: string) =>
  until(async () => {
    const now = await data(one, ann, 'agent_status', { agent_id });
    return now.finished_at ? now : undefined;
  }, 60_000);

const workflow = (session: string) =>
  product.agents.temporal.client.workflow.getHandle(sessionWorkflowId(namedSessionId(ann, session)));

describe('what a session has read', () => {
  it('is known to every server, also to one that was started since, and to no other session', async () => {
    const agent_id = await spawned(one, ann, { task: 'read me', session: 's1' });
    await data(one, ann, 'agent_wait', { agent_ids: [agent_id] });
    const read = (sessions: NamedSessions, session: string) =>
      data(sessions, ann, 'agent_output', { agent_id, since_last: true, session });
    const isUnread = async (sessions: NamedSessions, session: string) => {
      const { agents } = await data(sessions, ann, 'agent_list', { session });
      return Object(agents).find((agent: { agent_id: string }) => agent.agent_id === agent_id).unread;
    };
    expect(await isUnread(other, 's1')).toBe(true);
    expect(await read(one, 's1')).toMatchObject({ text: 'first\nsecond', from_cursor: 0, next_cursor: 2 });
    for (const sessions of [one, other, server()]) {
      expect(await isUnread(sessions, 's1')).toBe(false);
      expect(await read(sessions, 's1')).toMatchObject({ text: '', from_cursor: 2 });
      expect(await isUnread(sessions, 's2')).toBe(true);
    }
    expect(await read(other, 's2')).toMatchObject({ text: 'first\nsecond' });
  });

  it('adds nothing to any history while the session is idle or reads the same again', async () => {
    const session = 'idle';
    const agent_id = await spawned(one, ann, { task: 'idle', session });
    await data(one, ann, 'agent_wait', { agent_ids: [agent_id], session });
    const read = () => data(one, ann, 'agent_output', { agent_id, session });
    // A query is answered only once everything before it has been recorded.
    await read();
    await read();
    const length = async () => (await workflow(session).describe()).historyLength;
    const before = await length();
    await delay(2_000);
    for (let times = 0; times < 3; times += 1) await read();
    await data(one, ann, 'agent_list', { session });
    expect(await length()).toBe(before);
  });

  it('can be had again by whoever did not get the answer', async () => {
    const agent_id = await spawned(one, ann, { task: 'lost answer' });
    await data(one, ann, 'agent_wait', { agent_ids: [agent_id] });
    const lost = await data(one, ann, 'agent_output', { agent_id, since_last: true, max_chars: 100 });
    const next = await data(other, ann, 'agent_output', { agent_id, since_last: true });
    expect(next).toMatchObject({ text: '', note: expect.stringContaining('cursor 0') });
    const again = await data(other, ann, 'agent_output', { agent_id, cursor: 0 });
    expect(again.text).toBe(lost.text);
  });

  it('is carried on when its history becomes long', async () => {
    const session = product.agents.temporal.client.workflow;
    const input = { sessionId: 'n-long', silenceMs: 3_600_000, eventsOfARun: 30 };
    const tell = (index: number) =>
      session.signalWithStart(NAMED_SESSION_WORKFLOW, {
        workflowId: sessionWorkflowId('n-long'),
        taskQueue: taskQueues.agents,
        args: [input],
        signal: readSignal,
        signalArgs: [`agent-${index}`, { lines: index }] as [string, { lines: number }],
      });
    for (let batch = 0; batch < 6; batch += 1)
      await Promise.all(Array.from({ length: 10 }, (_, index) => tell(batch * 10 + index + 1)));
    const handle = session.getHandle(sessionWorkflowId('n-long'));
    const keys = Array.from({ length: 60 }, (_, index) => `agent-${index + 1}`);
    const readings = new Map(await handle.query(readingsQuery, keys));
    expect(keys.map((key) => readings.get(key)?.lines)).toEqual(keys.map((_, index) => index + 1));
    expect((await handle.describe()).historyLength).toBeLessThan(100);
    await handle.terminate();
  });
});

describe('agents of a session', () => {
  it('are listed and waited for by name, at once and everywhere, and by their owner alone', async () => {
    const id = await spawned(one, ann, { task: 'by name', session: 'named' });
    const idsOf = async (sessions: NamedSessions, caller: Caller, session: string) =>
      Object((await data(sessions, caller, 'agent_list', { scope: 'session', session })).agents).map(
        (agent: { agent_id: string }) => agent.agent_id,
      );
    expect(await idsOf(one, ann, 'named')).toEqual([id]);
    const waited = await data(one, ann, 'agent_wait', { session: 'named' });
    expect(waited).toMatchObject({ finished: [{ agent_id: id }] });
    expect(await data(other, ann, 'agent_wait', { session: 'named' })).toEqual(waited);
    expect(await idsOf(other, ann, 'other')).toEqual([]);
    expect(await idsOf(other, bob, 'named')).toEqual([]);
  });

  it('are one for one idempotency key, over all servers and restarts', async () => {
    const keyed = (sessions: NamedSessions, task: string, session = 'keyed', caller = ann) =>
      call(sessions, caller, 'agent_spawn', { task, agent_type: 'explore', idempotency_key: 'k', session });
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => keyed(index % 2 ? one : other, 'the same')),
    );
    const ids = new Set(replies.map((reply) => reply.data.agent_id));
    expect(ids.size).toBe(1);
    const restarted = server();
    expect((await keyed(restarted, 'the same')).data.agent_id).toBe([...ids][0]);
    expect(await keyed(restarted, 'another')).toMatchObject({
      isError: true,
      text: expect.stringContaining('was used in this session for another task'),
    });
    for (const reply of [await keyed(one, 'another', 'keyed 2'), await keyed(one, 'another', 'keyed', bob)])
      expect(ids).not.toContain(reply.data.agent_id);
  });

  it('without a name are detached, and cannot end with a session', async () => {
    const reply = await data(one, ann, 'agent_spawn', { task: 'unnamed', agent_type: 'explore' });
    expect(reply.lifetime).toBe('detached');
    expect(await call(one, ann, 'agent_spawn', { task: 'unnamed', lifetime: 'session' })).toMatchObject({
      isError: true,
      text: expect.stringContaining('Name one with the argument session'),
    });
    const named = await data(one, ann, 'agent_spawn', { task: 'n', agent_type: 'explore', session: 'n' });
    expect(named.lifetime).toBe('session');
  });
});

describe('the end of a named session', () => {
  it('is its silence: then its agents are stopped, but for the detached ones; the name can be taken up again', async () => {
    const quick = server(SILENCE_MS);
    const session = 'silent';
    const bound = await spawned(quick, ann, { task: 'held and bound', session });
    const detached = await spawned(quick, ann, { task: 'held detached', session, lifetime: 'detached' });
    for (let calls = 0; calls < 6; calls += 1) {
      await delay(SILENCE_MS / 4);
      await data(quick, ann, 'agent_status', { agent_id: bound, session });
    }
    expect(await data(one, ann, 'agent_status', { agent_id: bound })).toMatchObject({ status: 'running' });
    expect(await ended(bound)).toMatchObject({ status: 'killed', reason: 'session_lost' });
    expect(await data(one, ann, 'agent_status', { agent_id: detached })).toMatchObject({ status: 'running' });
    const next = await spawned(quick, ann, { task: 'held, taken up again', session });
    await delay(SILENCE_MS / 2);
    expect(await data(quick, ann, 'agent_status', { agent_id: next })).toMatchObject({ status: 'running' });
    expect(await ended(next)).toMatchObject({ status: 'killed', reason: 'session_lost' });
  }, 120_000);

  it('leaves what it had read', async () => {
    const quick = server(SILENCE_MS);
    const session = 'ends, but remembers';
    const id = await spawned(quick, ann, { task: 'answers at once', session });
    await data(quick, ann, 'agent_wait', { agent_ids: [id], session });
    await data(quick, ann, 'agent_output', { agent_id: id, session });
    const bound = await spawned(quick, ann, { task: 'held until then', session });
    expect(await ended(bound)).toMatchObject({ reason: 'session_lost' });
    const { agents } = await data(server(), ann, 'agent_list', { session, scope: 'session' });
    const unread = Object.fromEntries(
      Object(agents).map((agent: { agent_id: string; unread: boolean }) => [agent.agent_id, agent.unread]),
    );
    expect(unread).toEqual({ [id]: false, [bound]: true });
  }, 120_000);
});

it('over HTTP a session is what calls name, in every revision, and outlives the server', async () => {
  const before = await startHttpServer(product);
  const old = await connectHttp(before);
  const { tools } = await old.client.listTools();
  for (const { inputSchema } of tools) expect(inputSchema.properties).toHaveProperty('session');
  const args = { task: 'over HTTP', agent_type: 'explore', session: 'mine', idempotency_key: 'k' };
  const { data: first } = await old.call('agent_spawn', { ...args, background: false });
  expect(first).toMatchObject({ lifetime: 'session', status: 'completed' });
  await old.close();
  await before.stop();
  const after = await startHttpServer(product);
  const client = await connectHttp(after, { mode: 'auto' });
  const { agent_id } = first;
  expect((await client.call('agent_spawn', args)).data).toMatchObject({ agent_id });
  const read = await client.call('agent_output', { agent_id, since_last: true, session: 'mine' });
  expect(read.data).toMatchObject({ text: '' });
  const listed = await client.call('agent_list', { scope: 'session', session: 'mine' });
  expect(listed.data).toMatchObject({ agents: [{ agent_id, unread: false }] });
  expect((await client.call('agent_list', { scope: 'session' })).data).toMatchObject({ agents: [] });
  await client.close();
  await after.stop();
}, 60_000);

it('an id of a session tells neither its name nor its owner', () => {
  const ids = [namedSessionId(ann, 'x'), namedSessionId(bob, 'x'), namedSessionId(ann, undefined)];
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^n-[0-9a-f]{32}$/);
  expect(namedSessionId(ann, 'x')).toBe(ids[0]);
});
