/**
 * Histories of the shapes that a workflow can take, as this version writes them: they replay, and are kept in
 * `test/histories` with RECORD_HISTORIES=1.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { kill, resume, send, spawn, status } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { createLease } from '../../src/agents/lease';
import { writeSample } from '../../src/codec/sample';
import type { HistoryLimits, NamedSessionInput, SessionInput } from '../../workflows/contract';
import type { DoctorQuestion } from '../../workflows/doctor';
import {
  DOCTOR_WORKFLOW,
  endSignal,
  gateWorkflowId,
  holdSignal,
  KEY_WORKFLOW,
  NAMED_SESSION_WORKFLOW,
  readSignal,
  SESSION_WORKFLOW,
  sessionWorkflowId,
} from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import { runIdsOf } from '../support/activities';
import { replayRuns } from '../support/histories';
import { holding } from '../support/holding';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

Runtime.install({ logger: new DefaultLogger('ERROR') });

let models: ModelServer;
let product: Product;
const { held, release } = holding();

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({
    modelUrl: models.url,
    env: {
      BGA_CONCURRENCY_OPUS: '1',
      BGA_MODEL_PROBE_MS: '300',
      BGA_FALLBACK_TO: 'opus=haiku',
      BGA_FALLBACK_AFTER_MS: '1000',
    },
  });
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\n');
}, 120_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

const read = { name: 'read_file', input: { path: 'a.txt' } };
const ask = { name: 'ask', input: { question: 'Which one?' } };
/** Its first model call is under way. */
const asked = (name: string) => until(() => models.requests(name).length > 0);
interface Shape {
  prepare: () => void;
  limits?: object;
  /** Of the agent's context: small ones bring about early what long agents come to. */
  bounds?: { historyLimits?: HistoryLimits; contextTokens?: number; askTimeoutMs?: number };
  /** What happens to it before it ends. */
  meanwhile?: (agentId: string) => Promise<unknown>;
  ending: string;
  /** The first version that writes it. */
  since?: string;
}
const shapes: Record<string, Shape> = {
  answered: {
    prepare: () =>
      models.script('answered', [{ tools: [read, { name: 'list_files', input: {} }] }, { text: 'done' }]),
    ending: 'completed',
  },
  'asked-here': {
    prepare: () => models.script('asked-here', [{ tool: read }, { text: 'done' }]),
    ending: 'completed',
    since: 'v0.2',
  },
  'max-turns': {
    prepare: () =>
      models.script('max-turns', (turn) => ({ tool: { name: 'search', input: { pattern: `p${turn}` } } })),
    limits: { max_turns: 2 },
    ending: 'failed',
  },
  timeout: {
    prepare: () => models.script('timeout', held),
    limits: { timeout_ms: 1_000 },
    ending: 'failed',
  },
  killed: {
    prepare: () => models.script('killed', held),
    meanwhile: async (id) => {
      await until(async () => (await status(product.agents, id)).status === 'running');
      await asked('killed');
      await kill(product.agents, id);
    },
    ending: 'killed',
  },
  waited: {
    prepare: () => {
      models.script('waited', [{ text: 'let in' }]);
      models.fail({ marker: 'waited', status: 401, type: 'authentication_error', times: 2 });
    },
    ending: 'completed',
  },
  'unknown-tool': {
    prepare: () =>
      models.script('unknown-tool', [{ tool: { name: 'nope', input: {} } }, { text: '' }, { text: '' }]),
    ending: 'failed',
  },
  resumed: {
    prepare: () => {
      models.script('resumed', [{ text: 'woken' }]);
      models.fail({ marker: 'resumed', status: 429, retryAfterS: 600 });
    },
    meanwhile: (id) => until(async () => (await resume(product.agents, [id])).agents[0]?.resumed, 60_000),
    ending: 'completed',
    since: 'v0.2',
  },
  'fallen-back': {
    prepare: () => {
      models.script('fallen-back', [{ text: 'second best' }]);
      models.fail({ marker: 'fallen-back', status: 529, times: 2 });
    },
    limits: { model: 'opus' },
    ending: 'completed',
    since: 'v0.2',
  },
  continued: {
    prepare: () =>
      models.script('continued', (turn) =>
        turn === 4 ? { text: 'done' } : { tool: { name: 'search', input: { pattern: `p${turn}` } } },
      ),
    bounds: { historyLimits: { events: 20, bytes: 1_000_000 } },
    ending: 'completed',
    since: 'v0.2',
  },
  'spoken-to': {
    prepare: () =>
      models.script('spoken-to', async (turn, request) =>
        turn === 0 ? { ...(await held(turn, request)), tool: read } : { text: 'heard' },
      ),
    meanwhile: async (id) => {
      await asked('spoken-to');
      await send(product.agents, { agent_id: id, message: 'And look at a.txt.' });
      release('spoken-to');
    },
    ending: 'completed',
    since: 'v0.2',
  },
  reopened: {
    prepare: () => models.script('reopened', [{ text: 'done' }, { text: 'more' }]),
    meanwhile: async (id) => {
      await until(async () => (await status(product.agents, id)).finished_at);
      await send(product.agents, { agent_id: id, message: 'Go on.' });
    },
    ending: 'completed',
    since: 'v0.2',
  },
  questioned: {
    prepare: () => models.script('questioned', [{ tools: [read, ask] }, { text: 'done' }]),
    meanwhile: async (id) => {
      await until(async () => (await status(product.agents, id)).question);
      await send(product.agents, { agent_id: id, message: 'The second.' });
    },
    ending: 'completed',
    since: 'v0.2',
  },
  unanswered: {
    prepare: () => models.script('unanswered', [{ tool: ask }, { text: 'done' }]),
    bounds: { askTimeoutMs: 1_000 },
    ending: 'completed',
    since: 'v0.2',
  },
  compacted: {
    prepare: () => {
      let turn = 0;
      models.script('compacted', (_, request) => {
        if (JSON.stringify(request.messages).includes('<transcript>')) return { text: 'notes' };
        turn += 1;
        return turn === 8
          ? { text: 'done' }
          : { text: 'said much. '.repeat(500), tool: { name: 'search', input: { pattern: `p${turn}` } } };
      });
    },
    bounds: { contextTokens: 8_000 },
    ending: 'completed',
    since: 'v0.2',
  },
};

/** As this test's own agents, within smaller bounds. */
function bounded({ historyLimits, contextTokens, askTimeoutMs }: Shape['bounds'] = {}): AgentsContext {
  const { agents } = product;
  const { config } = agents;
  return {
    ...agents,
    ...(historyLimits === undefined ? {} : { historyLimits }),
    config: {
      ...config,
      ...(contextTokens === undefined ? {} : { contextTokens: { 'claude-haiku-5-5': contextTokens } }),
      ...(askTimeoutMs === undefined ? {} : { limits: { ...config.limits, askTimeoutMs } }),
    },
  };
}

const ended = (agentId: string) =>
  until(async () => {
    const now = await status(product.agents, agentId);
    return now.finished_at ? now.status : undefined;
  }, 60_000);

const runsOf = async (workflowId: string) => (await runIdsOf(product.agents, workflowId)).reverse();

it.each(Object.keys(shapes))(
  'an agent that was %s',
  async (name) => {
    const shape = shapes[name];
    if (!shape) throw new Error(name);
    shape.prepare();
    const { agent_id } = await spawn(bounded(shape.bounds), {
      task: name,
      agent_type: 'explore',
      ...shape.limits,
    });
    await shape.meanwhile?.(agent_id);
    expect(await ended(agent_id)).toBe(shape.ending);
    const runIds = await runsOf(agent_id);
    expect(runIds.length > 1).toBe(shape.bounds?.historyLimits !== undefined);
    await replayRuns(product.agents, `${shape.since ?? 'v0.1'}-${name}`, agent_id, runIds);
  },
  90_000,
);

const closed = (workflowId: string) =>
  until(async () => {
    const { closeTime } = await product.agents.temporal.client.workflow.getHandle(workflowId).describe();
    return closeTime !== undefined;
  }, 60_000);

it('an agent whose call found no place, and queued up', async () => {
  models.script('first-of-opus', held);
  models.script('sent-back', [{ tool: ask }, { text: 'done' }]);
  const spawned = async (task: string) =>
    (await spawn(product.agents, { task, agent_type: 'explore', model: 'opus' })).agent_id;
  const id = await spawned('sent-back');
  await until(async () => (await status(product.agents, id)).question);
  await spawned('first-of-opus');
  await asked('first-of-opus');
  await send(product.agents, { agent_id: id, message: 'The second.' });
  await until(async () => (await status(product.agents, id)).progress.activity.includes('queue'));
  release('first-of-opus');
  expect(await ended(id)).toBe('completed');
  await replayRuns(product.agents, 'v0.2-sent-back', id, await runsOf(id));
}, 90_000);

it('an agent that waited for its place, and the gate of its session', async () => {
  models.script('gated', [{ text: 'let in' }]);
  models.script('gated-first', held);
  const { config } = product.agents;
  const session = await product.openSession({
    config: { ...config, sessionLimits: { maxRunningAgents: 1 } },
  });
  const spawned = async (task: string) => (await spawn(session, { task, agent_type: 'explore' })).agent_id;
  const first = await spawned('gated-first');
  await asked('gated-first');
  const id = await spawned('gated');
  await until(async () => (await status(session, id)).progress.activity.includes('1 of 1'));
  await kill(session, first);
  expect(await ended(id)).toBe('completed');
  await replayRuns(product.agents, 'v0.2-gated', id, await runsOf(id));
  const gate = gateWorkflowId(session.session.id);
  await closed(gate);
  await replayRuns(product.agents, 'v0.2-gate', gate, await runsOf(gate));
}, 90_000);

/** Begun as `createLease` and `namedSession` do, but with less patience. */
async function startSession(type: string, input: SessionInput | NamedSessionInput) {
  const workflowId = sessionWorkflowId(input.sessionId);
  const start = { workflowId, taskQueue: taskQueues.agents, args: [input] };
  return product.agents.temporal.client.workflow.start(type, start);
}

async function replaySession(name: string, workflowId: string): Promise<number> {
  await closed(workflowId);
  const runIds = await runsOf(workflowId);
  await replayRuns(product.agents, name, workflowId, runIds);
  return runIds.length;
}

it('a doctor who asks the workers of a queue', async () => {
  const question: DoctorQuestion = {
    queue: taskQueues.models.haiku,
    sample: await writeSample('/nowhere'),
  };
  const start = { workflowId: 'replay-doctor', taskQueue: taskQueues.agents, args: [question] };
  const asking = await product.agents.temporal.client.workflow.start(DOCTOR_WORKFLOW, start);
  expect(await asking.result()).toMatchObject({ modelAccess: 'gateway', workspace: { kind: 'refused' } });
  await replayRuns(product.agents, 'v0.2-doctor', asking.workflowId, await runsOf(asking.workflowId));
}, 60_000);

it('sessions: one that ended, one that was lost, and one that was named; and a key', async () => {
  const { temporal } = product.agents;
  const start = { workflowId: 'replay-key', taskQueue: taskQueues.agents };
  const key = await temporal.client.workflow.start(KEY_WORKFLOW, start);
  const sessionId = 'replay-ended';
  const lease = createLease({ sessionId, leaseMs: 10_000, current: async () => temporal });
  await lease.hold(temporal);
  await lease.release(temporal);
  const lost = await startSession(SESSION_WORKFLOW, {
    sessionId: 'replay-lost',
    leaseMs: 1_000,
    silences: 2,
  });
  const named = await startSession(NAMED_SESSION_WORKFLOW, {
    sessionId: 'replay-named',
    silenceMs: 3_600_000,
    eventsOfARun: 20,
  });
  const first = (await named.describe()).runId;
  await named.signal(holdSignal, 3_600_000);
  for (let lines = 1; (await named.describe()).runId === first; lines += 1)
    await named.signal(readSignal, 'explore-000000000000', { lines });
  await named.signal(endSignal);
  await named.cancel();
  // One after the other: with its last replay worker the SDK ends its runtime, also under one that is just being made.
  expect(await replaySession('v0.2-session-ended', sessionWorkflowId(sessionId))).toBe(1);
  expect(await replaySession('v0.2-session-lost', lost.workflowId)).toBe(1);
  expect(await replaySession('v0.2-session-named', named.workflowId)).toBe(2);
  expect(await replaySession('v0.2-key', key.workflowId)).toBe(1);
}, 90_000);
