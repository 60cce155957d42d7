/** Agents that go on in new runs of their workflow; readers see one agent all the same. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill, list, output, type SpawnRequest, spawn, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { readEarlier } from '../../src/agents/earlier';
import { requestStop } from '../../src/agents/kill';
import { noteOnExpired } from '../../src/agents/log';
import { holding } from '../support/holding';
import { type ModelServer, type Step, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

/** A turn with one tool call makes about ten events, so a run has three turns or four. */
const HISTORY_LIMITS = { events: 30, bytes: 1_000_000 };
const TURNS = 11;

let models: ModelServer;
let product: Product;
let long: AgentsContext;
/** A run for each turn. */
let hurried: AgentsContext;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url });
  long = { ...product.agents, historyLimits: HISTORY_LIMITS };
  hurried = { ...product.agents, historyLimits: { events: 5, bytes: 1_000_000 } };
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\nbeta\n');
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

const step = (turn: number): Step =>
  turn === TURNS
    ? { text: 'the answer\nin two lines' }
    : {
        text: `turn ${turn}\nand more`,
        tool: { name: 'read_file', input: { path: 'a.txt', from_line: 1, to_line: turn + 1 } },
      };

async function ended(context: AgentsContext, request: Partial<SpawnRequest> & { task: string }) {
  const { agent_id } = await spawn(context, { agent_type: 'explore', max_turns: 100, ...request });
  await until(async () => !(await wait(context, { agent_ids: [agent_id] })).timed_out, 60_000);
  return agent_id;
}

/** Every run of an agent, oldest first. */
async function runsOf(agentId: string) {
  const { workflow } = product.agents.temporal.client;
  return until(async () => {
    const runs = [];
    for await (const run of workflow.list({ query: `WorkflowId = '${agentId}'` })) runs.push(run);
    runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
    return runs.at(-1)?.status.name === 'RUNNING' ? undefined : runs;
  });
}

it('reads like an agent that ran in one piece', async () => {
  models.script('piecewise', step);
  const [whole, pieces] = await Promise.all([
    ended(product.agents, { task: 'piecewise' }),
    ended(long, { task: 'piecewise' }),
  ]);
  const runs = await runsOf(pieces);
  expect(runs.length).toBeGreaterThanOrEqual(3);
  expect(await runsOf(whole)).toHaveLength(1);
  for (const run of runs) expect(run.historyLength).toBeLessThan(2 * HISTORY_LIMITS.events);

  // A reader that has never seen it, as any other process.
  const reader = await product.openSession();
  for (const view of ['result', 'full'] as const) {
    for (const cursor of [0, 1, 7, 20, 32, 33, 34, 35, 99]) {
      const said = (agent_id: string) => output(reader, { agent_id, view, cursor, max_chars: 40_000 });
      expect({ ...(await said(pieces)), agent_id: '' }).toEqual({ ...(await said(whole)), agent_id: '' });
    }
  }
  const [of, ofWhole] = [await status(reader, pieces), await status(reader, whole)];
  expect(of.usage).toEqual(ofWhole.usage);
  expect(of.progress).toEqual(ofWhole.progress);
  expect(of).toMatchObject({ status: 'completed', reason: 'answered', lifetime: ofWhole.lifetime });
  const [first, last] = [runs[0], runs.at(-1)];
  expect(Date.parse(of.started_at ?? '')).toBeLessThanOrEqual(runs[1]?.startTime.getTime() ?? 0);
  expect(of.finished_at).toBe(last?.closeTime?.toISOString());
  expect(of.duration_ms).toBeGreaterThanOrEqual(
    (last?.closeTime?.getTime() ?? 0) - (first?.startTime.getTime() ?? 0),
  );
  expect(models.requests('piecewise')).toHaveLength(2 * (TURNS + 1));
});

it('is one row of a list, and counted once', async () => {
  models.script('one-row', step);
  const session = await product.openSession();
  const agentId = await ended(
    { ...session, historyLimits: HISTORY_LIMITS },
    { task: 'one-row', name: 'long one' },
  );
  expect((await runsOf(agentId)).length).toBeGreaterThan(1);
  const { agents, counts } = await list(session, { scope: 'session' });
  expect(agents).toMatchObject([{ agent_id: agentId, name: 'long one', status: 'completed', tier: 'haiku' }]);
  expect(counts).toMatchObject({ completed: 1, running: 0, pending: 0 });
  expect(agents[0]?.created_at).toBe((await status(session, agentId)).created_at);
});

it('is read while it runs, without a line lost or shown twice', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  models.script('followed', async (turn) => {
    if (turn === TURNS - 1) await held;
    return step(turn);
  });
  const { agent_id } = await spawn(long, { task: 'followed', agent_type: 'explore' });
  const read: string[] = [];
  const readOn = async () => {
    const page = await output(long, { agent_id, view: 'full', since_last: true });
    if (page.text !== '') read.push(page.text);
    return page;
  };
  await until(async () => {
    await readOn();
    return models.requests('followed').length >= TURNS;
  });
  const before = await output(await product.openSession(), { agent_id, view: 'full', max_chars: 40_000 });
  expect(before.status).toBe('running');
  expect(before.text.split('\n').slice(0, 3)).toEqual([
    'turn 0',
    'and more',
    '[tool] read_file a.txt from_line=1 to_line=1 → 3 lines',
  ]);
  release();
  await until(async () => (await readOn()).status === 'completed');
  await readOn();
  const whole = await output(await product.openSession(), { agent_id, view: 'full', max_chars: 40_000 });
  expect(read.join('\n')).toBe(whole.text);
  expect(whole.line_count).toBe(3 * TURNS + 2);
});

it('is read as far as its run had come when it began, while no worker answers', async () => {
  const { held, release } = holding();
  models.script('stopped', async (turn, request) => {
    if (turn === 5) await held(turn, request);
    return step(turn);
  });
  models.script('stopped-first', held);
  const reader = await product.openSession();
  const spawned = async (task: string) => (await spawn(long, { task, agent_type: 'explore' })).agent_id;
  const [agent_id, first] = [await spawned('stopped'), await spawned('stopped-first')];
  const readOn = () => output(reader, { agent_id, view: 'full', since_last: true });
  await until(() => models.requests('stopped').length > 5 && models.requests('stopped-first').length > 0);
  const worker = product.workerPid();
  process.kill(worker, 'SIGSTOP');
  let early: Awaited<ReturnType<typeof readOn>>;
  try {
    await until(async () =>
      /no worker answers now|no sign of life|as soon as a worker takes it/.test(
        (await status(reader, agent_id)).progress.activity,
      ),
    );
    const [now, listed, read, of, ofFirst] = await Promise.all([
      status(reader, agent_id),
      list(reader, {}),
      readOn(),
      product.bga('output', agent_id),
      product.bga('output', first),
    ]);
    expect(now).toMatchObject({ status: 'running', progress: { max_turns: 30 } });
    expect(now.progress.turn).toBeGreaterThanOrEqual(3);
    expect(listed.agents.find((each) => each.agent_id === agent_id)).toMatchObject({ status: 'running' });
    early = read;
    expect(read.status).toBe('running');
    expect(read.note).toMatch(/^No worker answers now: this is what it had said by turn [345],.*bga up/);
    expect(of).toMatchObject({ code: 0, stderr: expect.stringContaining('No worker answers now') });
    expect(of.stdout).toMatch(/^turn 0\nand more\nturn 1\n/);
    // Of its first run the history's beginning holds nothing that it has said.
    expect(ofFirst).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('Nothing is lost'),
    });
  } finally {
    process.kill(worker, 'SIGCONT');
  }
  release();
  await until(async () => (await status(reader, agent_id)).status === 'completed', 60_000);
  const { text } = await readOn();
  const whole = await output(reader, { agent_id, view: 'full', max_chars: 40_000 });
  expect(`${early.text}\n${text}`).toBe(whole.text);
  expect(early.text.split('\n').length).toBe(early.next_cursor);
}, 120_000);

it('keeps what stops it: turns, repeated calls, cost and time', async () => {
  const call = (turn: number) => ({ tool: { name: 'search', input: { pattern: `x${turn}` } } });
  models.script('goes-on-turns', call);
  models.script('goes-on-loop', (turn) =>
    turn % 4 === 3 ? { tool: { name: 'read_file', input: { path: 'a.txt' } } } : call(turn),
  );
  models.script('goes-on-cost', (turn) => ({ ...call(turn), inputTokens: 100_000 }));
  models.script('goes-on-time', (turn) => ({ ...call(turn), latencyMs: 250 }));
  const ids = await Promise.all([
    ended(long, { task: 'goes-on-turns', max_turns: 12 }),
    ended(long, { task: 'goes-on-loop' }),
    ended(long, { task: 'goes-on-cost', max_cost_usd: 1.1 }),
    ended(hurried, { task: 'goes-on-time', timeout_ms: 6_000 }),
  ]);
  const ends = await Promise.all(ids.map((id) => status(long, id)));
  expect(ends.map(({ reason, progress: { turn } }) => [reason, turn])).toEqual([
    ['max_turns', 12],
    ['loop', 20],
    ['budget', 11],
    ['timeout', expect.any(Number)],
  ]);
  for (const id of ids) expect((await runsOf(id)).length).toBeGreaterThan(1);
  // Its time is that of all its runs together.
  expect(ends[3]?.duration_ms).toBeGreaterThanOrEqual(6_000);
  expect(ends[3]?.progress.turn).toBeLessThan(40);
});

it('is killed for the reason that was given, however the kill falls between two runs', async () => {
  const agents = 12;
  models.script('raced', (turn) => ({
    text: `turn ${turn}`,
    tool: { name: 'search', input: { pattern: `y${turn}` } },
  }));
  // A kill mostly falls next to a continuation.
  const spawned = await Promise.all(
    Array.from({ length: agents }, () =>
      spawn(hurried, { task: 'raced', agent_type: 'explore', max_turns: 10_000 }),
    ),
  );
  const ids = spawned.map(({ agent_id }) => agent_id);
  await until(() => models.requests('raced').length > 3 * agents);
  await Promise.all(
    ids.map(async (id, index) => {
      await new Promise((resolve) => setTimeout(resolve, 37 * index));
      await requestStop(hurried, id, 'session_lost', `note ${index}`);
    }),
  );
  for (const [index, id] of ids.entries()) {
    const end = await until(async () => {
      const now = await status(hurried, id);
      return now.finished_at ? now : undefined;
    });
    expect(end).toMatchObject({ status: 'killed', reason: 'session_lost' });
    expect(end.error?.message).toContain(`note ${index}`);
    expect(end.progress.turn).toBeGreaterThan(0);
  }
});

it('is stopped for the reason that an earlier run was told', async () => {
  models.script('told', (turn) => ({
    text: `turn ${turn}`,
    latencyMs: 50,
    tool: { name: 'search', input: { pattern: `z${turn}` } },
  }));
  const { agent_id } = await spawn(long, { task: 'told', agent_type: 'explore', max_turns: 10_000 });
  const { workflow } = product.agents.temporal.client;
  const runId = async () => (await workflow.getHandle(agent_id).describe()).runId;
  const told = await runId();
  await workflow.getHandle(agent_id).signal('stop', 'parent_ended', 'said early');
  await until(async () => (await runId()) !== told);
  await workflow.getHandle(agent_id).cancel();
  const end = await until(async () => {
    const now = await status(long, agent_id);
    return now.finished_at ? now : undefined;
  });
  expect(end).toMatchObject({ status: 'killed', reason: 'parent_ended' });
  expect(await kill(long, agent_id)).toMatchObject({ status: 'killed', reason: 'parent_ended' });
});

it('says which lines are gone with a run that the server has deleted', async () => {
  models.script('expired', step);
  const agentId = await ended(long, { task: 'expired' });
  const gone = { runId: randomUUID(), from: 0, to: 9 };
  expect(await readEarlier(long, agentId, gone, gone, 5_000)).toBe('expired');
  expect(noteOnExpired([gone, { from: 9, to: 12 }]).note).toMatch(/^Lines 0 to 11 are no longer kept/);
  expect(noteOnExpired([])).toEqual({});
});
