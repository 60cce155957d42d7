/** agent_spawn through a real client, with the whole product behind it. */
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInputRequiredResult } from '@modelcontextprotocol/server';
import * as operations from '../../src/agents';
import { claimKey } from '../../src/agents/claim';
import { agentIdForKey } from '../../src/agents/ids';
import { ASKS_NOBODY } from '../../src/mcp/questions/asker';
import { agentSpawn } from '../../src/mcp/tools/spawn';
import { agentWait } from '../../src/mcp/tools/wait';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, runBga, startProduct } from '../support/product';
import { connectMcp, done, type Mcp } from './support';

const ID = /^[a-z]+-[0-9a-hjkmnp-tv-z]{12}$/;
let models: ModelServer;
let product: Product;
let mcp: Mcp;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'late' });
});

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer' }));
  models.script('held', () => held);
  const outside = mkdtempSync(join(tmpdir(), 'bga-roots-'));
  mkdirSync(join(outside, 'allowed', 'inner'), { recursive: true });
  mkdirSync(join(outside, 'other'));
  writeFileSync(join(outside, 'allowed', 'file.txt'), 'x');
  symlinkSync(join(outside, 'other'), join(outside, 'allowed', 'link'));
  product = await startProduct({
    modelUrl: models.url,
    workspace: join(outside, 'allowed'),
    env: { BGA_WORKSPACE_ROOTS: join(outside, 'allowed') },
  });
  mcp = await connectMcp(product);
}, 120_000);

afterAll(async () => {
  release();
  await mcp?.close();
  await product?.stop();
  await models?.stop();
});

const count = async () => Object.values(Object((await done(mcp, 'agent_list', { scope: 'all' })).counts));
const total = async () => (await count()).reduce<number>((sum, each) => sum + Number(each), 0);

it('bga doctor tells who allows more than the worker that was started before', async () => {
  const other = join(product.workspace, '..', 'other');
  const failingAt = async (workspace: string) => {
    const env = { ...product.env, BGA_WORKSPACE_ROOTS: '' };
    const { stdout } = await runBga(env, product.workspace, 'doctor', '--json', '-C', workspace);
    const checks: { name: string; ok: boolean; detail: string }[] = JSON.parse(stdout).checks;
    return checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
  };
  expect(await failingAt(product.workspace)).toEqual([]);
  expect(await failingAt(other)).toEqual([
    expect.stringMatching(/^worker's workspace: .*other BGA_WORKSPACE_ROOTS.*lies outside the allowed roots/),
  ]);
});

describe('a spawn in the background', () => {
  it('returns an id at once, with everything that was decided', async () => {
    const { data, text } = await mcp.call('agent_spawn', { task: 'held, please', agent_type: 'explore' });
    expect(data.agent_id).toMatch(ID);
    expect(data).toMatchObject({
      status: 'pending',
      agent_type: 'explore',
      tier: 'haiku',
      model: 'claude-haiku-5-5',
      provider: 'anthropic',
      workspace: realpathSync(product.workspace),
      lifetime: 'session',
      poll_after_ms: expect.any(Number),
    });
    expect(Date.parse(String(data.created_at))).toBeGreaterThan(Date.now() - 60_000);
    expect(text).toContain(String(data.agent_id));
    expect(text).toContain('agent_wait');
  });

  it('picks a type by itself, and says which and why', async () => {
    const data = await done(mcp, 'agent_spawn', { task: 'Audit the login for security holes' });
    expect(data).toMatchObject({ agent_type: 'audit', tier: 'opus', lifetime: 'detached' });
    expect(String(data.agent_type_reason)).not.toBe('');
  });

  it.each([
    ['explore', 'haiku', 'session'],
    ['research', 'haiku', 'session'],
    ['review', 'sonnet', 'session'],
    ['plan', 'sonnet', 'session'],
    ['implement', 'sonnet', 'session'],
    ['general', 'sonnet', 'session'],
    ['audit', 'opus', 'detached'],
    ['decide', 'opus', 'session'],
  ])('gives %s the tier %s and the lifetime %s', async (agent_type, tier, lifetime) => {
    const data = await done(mcp, 'agent_spawn', { task: 'anything', agent_type });
    expect(data).toMatchObject({ agent_type, tier, lifetime, model: `claude-${tier}-5-5` });
  });

  it('lets an explicit model win, be it a tier or a full id', async () => {
    const byTier = await done(mcp, 'agent_spawn', { task: 'x', agent_type: 'explore', model: 'opus' });
    expect(byTier).toMatchObject({ tier: 'opus', model: 'claude-opus-5-5' });
    const byId = await done(mcp, 'agent_spawn', { task: 'x', agent_type: 'explore', model: 'claude-new-9' });
    expect(byId).toMatchObject({ tier: 'haiku', model: 'claude-new-9' });
  });
});

describe('a spawn in the foreground', () => {
  it('returns the answer with the status and how it ended', async () => {
    const { data, text } = await mcp.call('agent_spawn', {
      task: 'x',
      agent_type: 'explore',
      background: false,
    });
    expect(data).toMatchObject({
      status: 'completed',
      reason: 'answered',
      text: 'an answer',
      truncated: false,
    });
    expect(text).toContain('an answer');
    expect(text).toContain('not instructions');
    const [listed] = Object((await done(mcp, 'agent_list', { scope: 'session', limit: 1 })).agents);
    expect(listed).toMatchObject({ agent_id: data.agent_id, unread: false });
  });

  it('returns the error of one that failed', async () => {
    models.script('cut off', [{ text: 'half', stopReason: 'max_tokens' }]);
    const data = await done(mcp, 'agent_spawn', {
      task: 'cut off',
      agent_type: 'explore',
      background: false,
    });
    expect(data).toMatchObject({ status: 'failed', reason: 'max_tokens', error: { type: 'max_tokens' } });
  });

  it('returns the id of one that takes longer, which goes on', async () => {
    const result = await operations.spawnAndWait(
      product.agents,
      { task: 'held, in front', agent_type: 'explore' },
      { foregroundMs: 300 },
    );
    expect(result.agent_id).toMatch(ID);
    expect(['pending', 'running']).toContain(result.status);
    expect(result.reason).toBeUndefined();
  });
});

describe('a call that waits', () => {
  /** As when the service took most of a minute to come up. */
  const deskOfOneThatCame = (agoMs: number) => ({
    namesSessions: false,
    own: (text: string) => text,
    open: async () => ({
      operations,
      agents: product.agents,
      arrivedMs: Date.now() - agoMs,
      report: () => undefined,
      signal: new AbortController().signal,
      takesTasks: false,
      asker: ASKS_NOBODY,
    }),
  });
  const resultOf = async (call: ReturnType<typeof agentSpawn.call>) => {
    const reply = await call;
    if (isInputRequiredResult(reply)) throw new Error('It asks.');
    return reply.structuredContent;
  };

  it('ends before its client gives it up, also when there was nobody to ask at first', async () => {
    const startMs = Date.now();
    const spawnArgs = { task: 'held, behind a slow start', agent_type: 'explore', background: false };
    const spawned = await resultOf(agentSpawn.call(spawnArgs, deskOfOneThatCame(49_500)));
    expect(spawned).toMatchObject({ agent_id: expect.stringMatching(ID) });
    expect(spawned.reason).toBeUndefined();
    const waitArgs = { agent_ids: [spawned.agent_id], timeout_ms: 55_000 };
    expect(await resultOf(agentWait.call(waitArgs, deskOfOneThatCame(54_500)))).toMatchObject({
      timed_out: true,
    });
    // Either would take most of a minute.
    expect(Date.now() - startMs).toBeLessThan(45_000);
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, task = 'keyed', agent_type = 'explore') =>
    mcp.call('agent_spawn', { task, agent_type, idempotency_key: key });

  it('starts one agent, also for 50 calls at once, and says how that one stands', async () => {
    const before = await total();
    const replies = await Promise.all(Array.from({ length: 50 }, () => keyed('at once')));
    expect(new Set(replies.map(({ data }) => data.agent_id)).size).toBe(1);
    const id = String(replies[0]?.data.agent_id);
    await done(mcp, 'agent_wait', { agent_ids: [id] });
    const again = await keyed('at once', 'keyed', 'review');
    expect(again.data).toMatchObject({
      agent_id: id,
      status: 'completed',
      agent_type: 'explore',
      tier: 'haiku',
    });
    expect(await total()).toBe(before + 1);
  });

  it('refuses another task, whatever its type', async () => {
    const first = await keyed('two tasks');
    const other = await keyed('two tasks', 'Audit something else', 'audit');
    expect(other).toMatchObject({ isError: true });
    expect(other.text).toContain('"two tasks"');
    expect(other.text).toContain(String(first.data.agent_id));
  });

  it('refuses another task that a second process of the session was quicker with', async () => {
    const twin = await product.openSession({ session: { ...product.agents.session, keyed: new Map() } });
    const [a, b] = await Promise.allSettled([
      operations.spawn(product.agents, { task: 'one', agent_type: 'explore', idempotency_key: 'race' }),
      operations.spawn(twin, { task: 'two', agent_type: 'explore', idempotency_key: 'race' }),
    ]);
    expect([a.status, b.status].sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('starts one agent for two processes of a session that want two types of it at once', async () => {
    const before = await total();
    for (let round = 0; round < 5; round += 1) {
      const processes = await Promise.all(
        ['explore', 'review'].map(async (agent_type) => ({
          agent_type,
          agents: await product.openSession({ session: { ...product.agents.session, keyed: new Map() } }),
        })),
      );
      const started = await Promise.all(
        processes.map(({ agents, agent_type }) =>
          operations.spawn(agents, { task: 'two types', agent_type, idempotency_key: `types ${round}` }),
        ),
      );
      expect(new Set(started.map(({ agent_id, agent_type }) => `${agent_type} ${agent_id}`)).size).toBe(1);
    }
    expect(await total()).toBe(before + 5);
  });

  it('whose first call was cut off is taken up by the same call, and by no other', async () => {
    const { agents } = product;
    const agentId = agentIdForKey('explore', agents.session.id, 'cut off');
    await claimKey(agents, { key: 'cut off', agentId });
    const again = (agent_type: string) =>
      operations.spawn(agents, { task: 'cut off between', agent_type, idempotency_key: 'cut off' });
    await expect(again('review')).rejects.toThrow(`for ${agentId}, which was not started`);
    expect(await again('explore')).toMatchObject({ agent_id: agentId, status: 'pending' });
    expect(await again('review')).toMatchObject({ agent_id: agentId });
  });

  it('belongs to its session', async () => {
    const second = await connectMcp(product);
    const here = await keyed('shared');
    const there = await done(second, 'agent_spawn', {
      task: 'keyed',
      agent_type: 'explore',
      idempotency_key: 'shared',
    });
    await second.close();
    expect(there.agent_id).not.toBe(here.data.agent_id);
  });
});

describe('what cannot be started says why, and nothing is', () => {
  it.each([
    [
      'an unknown type',
      { agent_type: 'explor' },
      ['Unknown agent type "explor"', 'explore', 'decide', 'auto'],
    ],
    ['an unknown model', { model: 'gpt-9' }, ['Unknown model "gpt-9"', 'haiku, sonnet, opus']],
    ['a missing workspace', { workspace: '/no/such/place' }, ['"/no/such/place"', 'does not exist']],
    ['a relative workspace', { workspace: 'src' }, ['"src"', 'absolute']],
    ['a file for a workspace', { workspace: '%/file.txt' }, ['is a file']],
    ['a workspace outside', { workspace: '%/../other' }, ['outside the allowed roots']],
    ['a link to the outside', { workspace: '%/link' }, ['outside the allowed roots']],
  ])('%s', async (_, args: Record<string, string>, texts) => {
    const before = await total();
    const real = Object.fromEntries(
      Object.entries(args).map(([key, value]) => [key, value.replace('%', product.workspace)]),
    );
    const { isError, text } = await mcp.call('agent_spawn', { task: 'x', ...real });
    expect(isError).toBe(true);
    for (const part of texts) expect(text).toContain(part);
    expect(await total()).toBe(before);
  });
});
