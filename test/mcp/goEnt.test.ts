/**
 * The scenarios of go-ent's published specification of background agents (github.com/victorzhuk/go-ent, openspec,
 * change add-background-agents), one test each and by its titles, through tools that are named as it names them.
 * Where it and our contract differ, the contract holds, and the test says so.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holding } from '../support/holding';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { connectMcp, done, type Mcp } from './support';

const PREFIX = 'go_ent_';

let models: ModelServer;
let product: Product;
let mcp: Mcp;
const { held, release } = holding();

beforeAll(async () => {
  models = await startModelServer();
  const reader = { tool: { name: 'read_file', input: { path: 'log.txt' } } };
  models.script('', [{ text: 'an answer' }]);
  models.script('explore authentication', [reader, { text: 'Sessions are in log.txt:1.' }]);
  models.script('two findings', [
    { text: 'first finding', ...reader },
    { text: 'ok\nan error\na warning\nok' },
  ]);
  models.script('held', held);
  models.script('finds one thing, then is held', (turn, request) =>
    turn === 0 ? { text: 'found so far', ...reader } : held(turn, request),
  );
  models.script('is refused by its model', []);
  models.fail({ marker: 'is refused by its model', status: 400, message: 'no such thing' });
  product = await startProduct({ modelUrl: models.url, env: { BGA_TOOL_PREFIX: PREFIX } });
  writeFileSync(join(product.workspace, 'log.txt'), 'session\n');
  mcp = await connectMcp(product);
}, 120_000);

afterAll(async () => {
  release();
  await mcp?.close();
  await product?.stop();
  await models?.stop();
});

const call = (tool: string, args: Record<string, unknown> = {}, client = mcp) =>
  done(client, `${PREFIX}${tool}`, args);
const look = (agent_id: string) => call('agent_status', { agent_id });

async function spawned(task: string, more: Record<string, unknown> = {}, client = mcp): Promise<string> {
  const args = { task, agent_type: 'explore', background: true, ...more };
  return String((await call('agent_spawn', args, client)).agent_id);
}

async function ended(...agent_ids: string[]): Promise<void> {
  expect(await call('agent_wait', { agent_ids, timeout_ms: 50_000 })).toMatchObject({ unfinished: [] });
}

const runs = (agent_id: string) => until(async () => (await look(agent_id)).status === 'running');

describe('Background Agent Spawning', () => {
  it('Spawn background exploration agent', async () => {
    const reply = await call('agent_spawn', {
      task: 'explore authentication patterns',
      agent_type: 'explore',
      background: true,
    });
    // At once: it has done nothing yet.
    expect(reply).toMatchObject({ agent_id: expect.stringMatching(/^explore-/), status: 'pending' });
    await ended(String(reply.agent_id));
    expect(await look(String(reply.agent_id))).toMatchObject({ status: 'completed', agent_type: 'explore' });
  });

  it('Spawn with model override', async () => {
    const id = await spawned('quick', { agent_type: 'review', model: 'haiku' });
    await ended(id);
    expect(await look(id)).toMatchObject({ agent_type: 'review', tier: 'haiku', model: 'claude-haiku-5-5' });
  });

  // There it is said to end; here, that it failed, and why.
  it('Spawn with timeout', async () => {
    const id = await spawned('held until its time is up', { timeout_ms: 1_000 });
    await ended(id);
    expect(await look(id)).toMatchObject({
      status: 'failed',
      reason: 'timeout',
      error: { type: 'timeout', message: expect.stringMatching(/1000 ms.*timeout_ms/) },
    });
  });
});

describe('Background Agent Status Monitoring', () => {
  it('Check agent status', async () => {
    const id = await spawned('finds one thing, then is held: status');
    const seen = await until(async () => {
      const now = await look(id);
      return Object(now.progress).tool_calls > 0 && now;
    });
    expect(seen).toMatchObject({ agent_id: id, status: 'running', progress: { turn: 1, tool_calls: 1 } });
    expect(Object(seen.progress).activity).not.toBe('');
    await call('agent_kill', { agent_id: id });
  });

  it('Agent completed', async () => {
    const id = await spawned('quick');
    await ended(id);
    expect(await look(id)).toMatchObject({ status: 'completed', reason: 'answered' });
    expect(await call('agent_output', { agent_id: id })).toMatchObject({ text: 'an answer' });
  });

  it('Agent failed', async () => {
    const id = await spawned('is refused by its model');
    await ended(id);
    expect(await look(id)).toMatchObject({
      status: 'failed',
      reason: 'model_error',
      error: { type: 'model_error', message: expect.stringContaining('no such thing') },
    });
  });
});

describe('Background Agent Output Retrieval', () => {
  let id: string;
  beforeAll(async () => {
    id = await spawned('two findings');
    await ended(id);
  });

  // "All output" is the answer by default; with the tool calls and what was said before it, `view: full`.
  it('Get full output', async () => {
    const result = await call('agent_output', { agent_id: id });
    expect(result).toMatchObject({ status: 'completed', text: 'ok\nan error\na warning\nok' });
    const full = await call('agent_output', { agent_id: id, view: 'full' });
    expect(String(full.text).split('\n')).toEqual([
      'first finding',
      expect.stringContaining('read_file log.txt'),
      'ok',
      'an error',
      'a warning',
      'ok',
    ]);
  });

  it('Get filtered output', async () => {
    const read = await call('agent_output', { agent_id: id, filter: 'error|warning' });
    expect(read).toMatchObject({ text: 'an error\na warning', matched_lines: 2 });
  });

  it('Get incremental output', async () => {
    const reader = await connectMcp(product);
    try {
      const since = () => call('agent_output', { agent_id: id, since_last: true }, reader);
      expect((await since()).text).toBe('ok\nan error\na warning\nok');
      expect((await since()).text).toBe('');
    } finally {
      await reader.close();
    }
  });
});

describe('Background Agent Termination', () => {
  it('Kill running agent', async () => {
    const id = await spawned('finds one thing, then is held: killed');
    await until(async () => Object((await look(id)).progress).tool_calls > 0);
    expect(await call('agent_kill', { agent_id: id })).toMatchObject({ status: 'killed', reason: 'killed' });
    expect(await look(id)).toMatchObject({ status: 'killed' });
    expect(await call('agent_output', { agent_id: id })).toMatchObject({ text: 'found so far' });
  });

  it('Kill non-existent agent', async () => {
    const reply = await mcp.call(`${PREFIX}agent_kill`, { agent_id: 'abc123' });
    expect(reply.isError).toBe(true);
    expect(reply.text).toContain('No agent "abc123". Call go_ent_agent_list');
  });
});

describe('Background Agent Registry', () => {
  const listed = async (args: Record<string, unknown>) => Object((await call('agent_list', args)).agents);
  const idsOf = (agents: { agent_id: string }[]) => agents.map(({ agent_id }) => agent_id);

  it('List all agents', async () => {
    const ids = [await spawned('quick one'), await spawned('quick two'), await spawned('quick three')];
    const agents = await listed({ scope: 'session' });
    expect(idsOf(agents).slice(0, 3)).toEqual([...ids].reverse());
    for (const agent of agents) expect(typeof agent.status).toBe('string');
    await ended(...ids);
  });

  it('Filter by status', async () => {
    const done = await spawned('quick');
    const open = await spawned('held, to be listed');
    await ended(done);
    await runs(open);
    const running = await until(async () => {
      const agents = await listed({ status: 'running' });
      return idsOf(agents).includes(open) && agents;
    });
    expect(new Set(running.map(({ status }: { status: string }) => status))).toEqual(new Set(['running']));
    expect(idsOf(await listed({ status: 'completed' }))).toContain(done);
    await call('agent_kill', { agent_id: open });
  });

  // All that belong to the session: a detached agent runs on, which is what it is for.
  it('Automatic cleanup', async () => {
    const own = await connectMcp(product);
    const id = await spawned('held by its session', {}, own);
    await runs(id);
    await own.close();
    await ended(id);
    expect(await look(id)).toMatchObject({ status: 'killed', reason: 'session_ended' });
  });
});

describe('Model Tiering for Background Agents', () => {
  it('Default to cheaper model', async () => {
    const tierOf = async (agent_type: string) =>
      (await call('agent_spawn', { task: 'quick', agent_type, lifetime: 'session' })).tier;
    expect(await tierOf('explore')).toBe('haiku');
    expect(await tierOf('research')).toBe('haiku');
    expect(await tierOf('implement')).toBe('sonnet');
  });

  it('Explicit model override', async () => {
    const id = await spawned('quick, asked of a model by its id', { model: 'claude-opus-5-5' });
    await ended(id);
    expect(await look(id)).toMatchObject({ agent_type: 'explore', model: 'claude-opus-5-5' });
    expect(models.journal().some(({ body }) => Object(body).model === 'claude-opus-5-5')).toBe(true);
  });
});

// Its tasks name parallel spawning and limits on resources; what these do is our contract.
describe('Parallel agents', () => {
  it('Spawn ten at once, five of which run', async () => {
    const own = await connectMcp(product, { BGA_MAX_RUNNING_AGENTS: '5' });
    try {
      const words = Array.from({ length: 10 }, (_, index) => `no-${index}-`);
      const ids = await Promise.all(words.map((word) => spawned(`held ${word}`, {}, own)));
      expect(new Set(ids).size).toBe(10);
      const byStatus = async () => {
        const seen = await Promise.all(ids.map(look));
        return ids.filter((_, index) => seen[index]?.status === 'running');
      };
      const five = await until(async () => {
        const running = await byStatus();
        return running.length === 5 && running;
      });
      const waits = await look(ids.find((id) => !five.includes(id)) ?? '');
      expect(waits).toMatchObject({
        status: 'pending',
        progress: {
          activity: expect.stringMatching(/5 of 5 agents of this session run \(maxRunningAgents\)/),
        },
      });
      expect(await call('agent_list', { scope: 'session' }, own)).toMatchObject({
        counts: { running: 5, pending: 5 },
      });
      // One that ends frees its place at once.
      const first = five[0] ?? '';
      release(words[ids.indexOf(first)]);
      await ended(first);
      await until(async () => (await byStatus()).length === 5);
      for (const word of words) release(word);
      await ended(...ids);
    } finally {
      await own.close();
    }
  });
});
