/** The limit on a session's running agents: in order, losing no place, whatever happens to the agents, the gate and the worker. */
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { endSession, kill, list, spawn, status } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { GATE_WORKFLOW, gateWorkflowId } from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import { WORKFLOW_BUNDLE } from '../support/bundle';
import { holding } from '../support/holding';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const { held, release } = holding();
let models: ModelServer;
let product: Product;
/** Two whose gate somebody has ended: they ask after half a minute, which the other tests use. */
let orphans: string[];

beforeAll(async () => {
  models = await startModelServer();
  models.script('', [{ text: 'an answer' }]);
  models.script('held', held);
  product = await startProduct({ modelUrl: models.url });
  const session = await limited(1);
  const [first = '', ...others] = await spawnAll(session, 'held', 'held orphan-1', 'held orphan-2');
  await running(session, first);
  await gateOf(session).terminate();
  await kill(session, first);
  orphans = others;
}, 120_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

async function limited(maxRunningAgents: number): Promise<AgentsContext> {
  const { config } = product.agents;
  return product.openSession({ config: { ...config, sessionLimits: { maxRunningAgents } } });
}

/** A gate that looks after its agents more often, or hands on to its next run sooner. */
async function startGate({ session, temporal }: AgentsContext, input: object): Promise<void> {
  await temporal.client.workflow.start(GATE_WORKFLOW, {
    workflowId: gateWorkflowId(session.id),
    taskQueue: taskQueues.agents,
    args: [input],
  });
}

const gateOf = ({ session, temporal }: AgentsContext) =>
  temporal.client.workflow.getHandle(gateWorkflowId(session.id));

async function spawnAll(session: AgentsContext, ...tasks: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const task of tasks) ids.push((await spawn(session, { task, agent_type: 'explore' })).agent_id);
  return ids;
}

const running = (session: AgentsContext, id: string) =>
  until(async () => (await status(session, id)).status === 'running', 60_000);

const ended = (session: AgentsContext, id: string, timeoutMs = 60_000) =>
  until(async () => {
    const now = await status(session, id);
    return now.finished_at !== undefined && now;
  }, timeoutMs);

async function expectReplayed(session: AgentsContext, workflowId: string): Promise<void> {
  const history = await session.temporal.client.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: { codePath: WORKFLOW_BUNDLE } }, history, workflowId);
}

it('lets them in by the order of their spawning, and says who waits for what', async () => {
  const session = await limited(1);
  const [first = '', second = '', third = ''] = await spawnAll(
    session,
    'held in-1',
    'held in-2',
    'held in-3',
  );
  await running(session, first);
  const waits = await until(async () => {
    const now = await status(session, third);
    return now.progress.activity.includes('place') && now;
  });
  expect(waits).toMatchObject({
    status: 'pending',
    progress: {
      turn: 0,
      activity: 'waiting for a place: 1 of 1 agents of this session run (maxRunningAgents); 1 is before it',
    },
  });
  expect(waits.started_at).toBeUndefined();
  expect((await list(session, { scope: 'session' })).counts).toMatchObject({ running: 1, pending: 2 });
  release('in-1');
  await running(session, second);
  expect((await status(session, third)).status).toBe('pending');
  release('in-2');
  release('in-3');
  expect(await ended(session, third)).toMatchObject({ status: 'completed' });
  const inTurn = await Promise.all([first, second, third].map((id) => status(session, id)));
  for (const [index, { started_at }] of inTurn.slice(1).entries())
    expect(Date.parse(started_at ?? '')).toBeGreaterThanOrEqual(
      Date.parse(inTurn[index]?.finished_at ?? '') - 1_000,
    );
  await until(async () => (await gateOf(session).describe()).status.name === 'COMPLETED');
  await expectReplayed(session, gateWorkflowId(session.session.id));
  await expectReplayed(session, third);
});

it('does not count the waiting as the agent’s time', async () => {
  const session = await limited(1);
  const [first = ''] = await spawnAll(session, 'held time');
  const { agent_id } = await spawn(session, { task: 'quick', agent_type: 'explore', timeout_ms: 1_500 });
  await running(session, first);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  release('time');
  expect(await ended(session, agent_id)).toMatchObject({ status: 'completed' });
});

it('kills a waiting agent at once, and it leaves the queue', async () => {
  const session = await limited(1);
  const [first = '', second = '', third = ''] = await spawnAll(session, 'held kill', 'held kill', 'quick');
  await running(session, first);
  expect(await kill(session, second)).toMatchObject({ status: 'killed', reason: 'killed' });
  expect(await status(session, second)).toMatchObject({ progress: { turn: 0 }, usage: { cost_usd: 0 } });
  await until(async () => (await status(session, third)).progress.activity.includes('0 are before it'));
  // So does one that runs: whatever the ending, the place is free.
  await kill(session, first);
  expect(await ended(session, third)).toMatchObject({ status: 'completed' });
});

it('stops the waiting ones as well when the session ends', async () => {
  const session = await limited(1);
  const ids = await spawnAll(session, 'held end', 'held end', 'held end');
  await running(session, ids[0] ?? '');
  await endSession(session, 'session_ended');
  const other = await product.openSession();
  for (const id of ids)
    expect(await ended(other, id)).toMatchObject({ status: 'killed', reason: 'session_ended' });
});

it('gives away the places of agents that somebody terminated in Temporal', async () => {
  const session = await limited(1);
  await startGate(session, { lookEveryMs: 300 });
  const [first = '', second = '', third = ''] = await spawnAll(session, 'held gone', 'held gone', 'quick');
  await running(session, first);
  for (const id of [second, first]) await session.temporal.client.workflow.getHandle(id).terminate();
  expect(await ended(session, third)).toMatchObject({ status: 'completed' });
});

it('goes on as a new run when its history gets long, and loses nobody', async () => {
  const session = await limited(2);
  await startGate(session, { eventsOfARun: 15 });
  const before = await gateOf(session).describe();
  const ids = await spawnAll(session, ...Array.from({ length: 12 }, (_, index) => `held can-${index}`));
  await until(async () => (await gateOf(session).describe()).runId !== before.runId);
  release('can-');
  for (const id of ids) expect(await ended(session, id)).toMatchObject({ status: 'completed' });
});

it('comes back for whoever comes after it has ended, and when both happen at once', async () => {
  const session = await limited(1);
  for (let wave = 0; wave < 8; wave += 1) {
    // The last of a wave ends, and with it the gate, while the next wave comes.
    const [first = '', second = ''] = await spawnAll(session, 'quick', 'quick');
    expect(await ended(session, first)).toMatchObject({ status: 'completed' });
    if (wave % 2 === 0) await ended(session, second);
  }
  const { counts } = await until(async () => {
    const now = await list(session, { scope: 'session' });
    return now.counts.completed === 16 && now;
  }, 25_000);
  expect(counts).toMatchObject({ pending: 0, running: 0 });
});

it('survives kills -9 of its worker, and lets them in by the same order after each', async () => {
  const session = await limited(1);
  const ids = await spawnAll(session, ...Array.from({ length: 5 }, (_, index) => `held crash-${index}`));
  for (const [index, id] of ids.entries()) {
    await running(session, id);
    const behind = await Promise.all(ids.slice(index + 1).map((each) => status(session, each)));
    expect(behind.map(({ status: how }) => how)).toEqual(behind.map(() => 'pending'));
    // Once while its place is taken, and once while it is being given on.
    if (index === 1) process.kill(product.workerPid(), 'SIGKILL');
    release(`crash-${index}`);
    if (index === 2) process.kill(await until(() => product.workerPid()), 'SIGKILL');
  }
  const all = await Promise.all(ids.map((id) => ended(session, id)));
  expect(all.map(({ status: how }) => how)).toEqual(ids.map(() => 'completed'));
  const begun = all.map(({ started_at }) => started_at ?? '');
  expect(begun).toEqual([...begun].sort());
}, 150_000);

it('holds on when somebody has ended the gate: those that wait begin another', async () => {
  const session = await product.openSession();
  const runs = await until(async () => {
    const seen = await Promise.all(orphans.map((id) => status(session, id)));
    return seen.find((agent) => agent.status === 'running')?.agent_id;
  }, 60_000);
  const waits = orphans.find((id) => id !== runs) ?? '';
  await until(async () => (await status(session, waits)).progress.activity.includes('1 of 1'), 60_000);
  expect(await status(session, waits)).toMatchObject({ status: 'pending' });
  release('orphan');
  expect(await ended(session, waits)).toMatchObject({ status: 'completed' });
  await expectReplayed(session, runs);
}, 150_000);
