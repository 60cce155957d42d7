/** agent_list through a real client, with the whole product behind it and more agents than fit a page. */
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list, send, spawn, wait } from '../../src/agents';
import { agentIdForKey } from '../../src/agents/ids';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { connectMcp, done, type Mcp, spawnAgent } from './support';

const AGENTS = 64;
let models: ModelServer;
let product: Product;
let mcp: Mcp;
let ids: string[];
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'late' });
});

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer' }));
  models.script('held', () => held);
  product = await startProduct({ modelUrl: models.url });
  mcp = await connectMcp(product);
  // Many in the same millisecond: a page may end between two of them.
  // Whole seconds and tens of milliseconds are where stores of times err.
  const nowMs = Math.floor(Date.now() / 1_000) * 1_000;
  const context = { ...product.agents, nowMs: () => nowMs - 60_000 };
  const spawned = await Promise.all(
    Array.from({ length: AGENTS }, (_, i) =>
      spawn(
        { ...context, nowMs: () => context.nowMs() + Math.floor(i / 20) },
        { task: `one of many, ${i}`, agent_type: i % 4 === 0 ? 'review' : 'explore', lifetime: 'detached' },
      ),
    ),
  );
  ids = spawned.map(({ agent_id }) => agent_id);
  await wait(product.agents, { agent_ids: ids, timeout_ms: 100_000 });
}, 240_000);

afterAll(async () => {
  release();
  await mcp?.close();
  await product?.stop();
  await models?.stop();
});

type Listed = { agent_id: string; created_at: string; [field: string]: unknown };
async function pages(args: Record<string, unknown>): Promise<Listed[][]> {
  const found: Listed[][] = [];
  for (let cursor: unknown; ; ) {
    const page = await done(mcp, 'agent_list', { ...args, ...(cursor === undefined ? {} : { cursor }) });
    found.push(Object(page.agents));
    cursor = page.next_cursor;
    if (cursor === undefined) return found;
  }
}

describe('agent_list', () => {
  it.each([7, 20, 64, 100])(
    'pages by %d through all agents, newest first, none twice, none lost',
    async (limit) => {
      const found = await pages({ limit });
      const all = found.flat();
      expect(all.map(({ agent_id }) => agent_id).sort()).toEqual([...ids].sort());
      const times = all.map(({ created_at }) => created_at);
      expect(times).toEqual([...times].sort().reverse());
      for (const page of found) expect(page.length).toBeLessThanOrEqual(limit);
      expect(found).toHaveLength(Math.ceil(AGENTS / limit));
    },
  );

  it('tells of each agent what one needs to recognise it', async () => {
    const [agent] = Object((await done(mcp, 'agent_list', { limit: 1 })).agents);
    expect(agent).toMatchObject({
      agent_id: expect.any(String),
      status: 'completed',
      reason: 'answered',
      tier: expect.stringMatching(/haiku|sonnet/),
      task: expect.stringMatching(/^one of many/),
      duration_ms: expect.any(Number),
      unread: true,
    });
    expect(agent.cost_usd).toBeGreaterThan(0);
  });

  it('filters by type and by status, and counts by status', async () => {
    const reviews = await pages({ agent_type: 'review', limit: 5 });
    expect(reviews.flat()).toHaveLength(AGENTS / 4);
    expect(await done(mcp, 'agent_list', { agent_type: 'review', status: 'failed' })).toMatchObject({
      agents: [],
      counts: { pending: 0, running: 0, waiting: 0, completed: AGENTS / 4, failed: 0, killed: 0 },
    });
    expect((await mcp.call('agent_list', { agent_type: 'review', status: 'failed' })).text).toBe(
      `No agent of type review in this directory has failed. There are: ${AGENTS / 4} completed. Without status, agent_type and cursor, agent_list shows all.`,
    );
    expect((await mcp.call('agent_list', { agent_type: 'auto' })).text).toContain(
      '"auto" is no type of its own',
    );
    expect((await mcp.call('agent_list', { agent_type: 'reviw' })).text).toContain(
      'Unknown agent type "reviw"',
    );
    for (const agent_type of ["x' OR AgentType != 'x", "\\' OR AgentType != 'x", 'x\\'])
      expect(await mcp.call('agent_list', { agent_type })).toMatchObject({
        isError: true,
        text: expect.stringContaining('Unknown agent type'),
      });
  });

  it('knows the scopes, by the real path of the directory', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'bga-elsewhere-'));
    const other = await connectMcp({ ...product, workspace: elsewhere });
    const own = await spawnAgent(other, 'elsewhere');
    const counted = async (scope: string) =>
      Object((await done(other, 'agent_list', { scope, limit: 100 })).agents).map(
        ({ agent_id }: Listed) => agent_id,
      );
    expect(await counted('session')).toEqual([own]);
    expect(await counted('workspace')).toEqual([own]);
    expect((await counted('all')).length).toBe(AGENTS + 1);
    await other.close();
    const link = join(elsewhere, 'link');
    symlinkSync(elsewhere, link);
    const linked = await product.openSession({ workspace: link });
    expect((await list(linked, {})).agents.map(({ agent_id }) => agent_id)).toEqual([own]);
  });

  it('shows own spawns at once, also in the counts', async () => {
    const before = await done(mcp, 'agent_list', { scope: 'session' });
    for (let i = 1; i <= 5; i += 1) {
      const id = await spawnAgent(mcp, 'held, to be seen at once');
      const listed = await done(mcp, 'agent_list', { scope: 'session' });
      expect(Object(listed.agents)[0]).toMatchObject({ agent_id: id, unread: false });
      expect(sum(listed.counts)).toBe(sum(before.counts) + i);
    }
  });

  it('says unread until this session has read the result to its end', async () => {
    const id = await spawnAgent(mcp, 'to be read');
    const unread = async () => {
      const { agents } = await done(mcp, 'agent_list', { scope: 'session', limit: 100 });
      return Object(agents).find(({ agent_id }: Listed) => agent_id === id)?.unread;
    };
    await done(mcp, 'agent_wait', { agent_ids: [id] });
    expect(await unread()).toBe(true);
    await done(mcp, 'agent_output', { agent_id: id, filter: 'answer' });
    await done(mcp, 'agent_output', { agent_id: id, cursor: 1 });
    expect(await unread()).toBe(true);
    await done(mcp, 'agent_output', { agent_id: id });
    expect(await unread()).toBe(false);
  });

  it.each(['garbage', '12', '12.', '.explore-000000000000', "1.'x", '99999999999999999.x'])(
    'refuses the cursor %j',
    async (cursor) => {
      const { isError, text } = await mcp.call('agent_list', { cursor });
      expect(isError).toBe(true);
      expect(text).toContain('next_cursor of an earlier agent_list');
    },
  );
});

function sum(counts: unknown): number {
  return Object.values(Object(counts)).reduce<number>((total, each) => total + Number(each), 0);
}

it('shows and counts an agent once that has just gone on several times', async () => {
  const session = await product.openSession();
  const earlier = { ...session, nowMs: () => Date.now() - 60_000 };
  const { agent_id } = await spawn(earlier, { task: 'goes on', agent_type: 'explore' });
  for (const message of ['once', 'twice']) {
    await wait(session, { agent_ids: [agent_id] });
    await send(session, { agent_id, message });
  }
  const { agents, counts } = await list(session, { scope: 'session' });
  expect(agents.map(({ agent_id: id }) => id)).toEqual([agent_id]);
  expect(sum(counts)).toBe(1);
});

it('shows and counts a spawn of its own once, when visibility comes to show it while it is listed', async () => {
  const session = await product.openSession();
  const { temporal } = session;
  const request = { task: 'held', agent_type: 'explore', idempotency_key: 'k' };
  const agentId = agentIdForKey('explore', session.session.id, 'k');
  session.session.spawned.push({ agentId, atMs: Date.now(), lifetime: 'session' });
  const isShown = async () => (await list(session, { scope: 'session' })).agents.length > 0;
  let calls = 0;
  const call: typeof temporal.call = async (fn, timeoutMs) => {
    calls += 1;
    const isFirst = calls === 1;
    const answer = await temporal.call(fn, timeoutMs);
    // It was not there when visibility was asked first, and it is from now on.
    if (isFirst) {
      await spawn(session, request);
      await until(isShown);
    }
    return answer;
  };
  const listed = await list({ ...session, temporal: { ...temporal, call } }, { scope: 'session' });
  expect(listed.agents.map(({ agent_id }) => agent_id)).toEqual([agentId]);
  expect(Object.values(listed.counts).reduce((sum, count) => sum + count, 0)).toBe(1);
});
