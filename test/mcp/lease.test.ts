/** Sessions that end in every way a client can: killed, asleep, between two leases, and with parts of the service away. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { readyService } from '../../src/local';
import { sessionWorkflowId } from '../../workflows/messages';
import { type Product, startProduct, until } from '../support/product';
import { type RawModelServer, startRawModelServer } from '../support/rawModelServer';
import { connectMcp, type Mcp, spawnAgent } from './support';

const LEASE_MS = 2_000;
/** Silence after which a session is lost. */
const LOST_MS = 4 * LEASE_MS;

/** `PENDING_ACTIVITY_STATE_CANCEL_REQUESTED`. */
const CANCEL_REQUESTED = 3;

let models: RawModelServer;
let product: Product;
let mcp: Mcp;
let agents: AgentsContext;

beforeAll(async () => {
  models = await startRawModelServer(() => ({ finish: 'stall' }));
  product = await startProduct({ modelUrl: models.url, env: { BGA_SESSION_LEASE_MS: String(LEASE_MS) } });
  agents = product.agents;
}, 120_000);

beforeEach(async () => {
  mcp = await connectMcp(product);
});

afterEach(() => mcp.close());

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

const nowOf = async (id: string) => status(agents, id);
const ended = (id: string) =>
  until(async () => {
    const now = await nowOf(id);
    return now.finished_at ? now : undefined;
  }, 60_000);

/** An agent whose model is being asked. */
async function running(task: string, client = mcp): Promise<string> {
  const id = await spawnAgent(client, task);
  await until(() => models.requests.some(({ body }) => body.includes(task)));
  return id;
}

const workflow = (id: string) => agents.temporal.client.workflow.getHandle(id);

async function sessionOf(agentId: string) {
  const { searchAttributes } = await workflow(agentId).describe();
  return workflow(sessionWorkflowId(String(searchAttributes.AgentSession?.[0])));
}

function supervisorPid(): number {
  const pid = readyService(product.home)?.supervisor.pid;
  if (pid === undefined) throw new Error('There is no supervisor.');
  return pid;
}

/** Also a port that its last owner is only just leaving. */
async function takes(server: Server, port: number): Promise<boolean> {
  server.listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => true,
    () => false,
  );
}

/** Stops these processes, and lets them go on whatever happens. The supervisor too: awake, it would replace them. */
async function asleep(pids: readonly number[], body: () => Promise<void>): Promise<void> {
  const all = [supervisorPid(), ...pids];
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  try {
    await body();
  } finally {
    for (const pid of all.reverse()) process.kill(pid, 'SIGCONT');
  }
}

describe('a client killed with -9', () => {
  it('loses its agents, also those spawned in the instant before, and no detached ones', async () => {
    const [bound, detached] = [
      await spawnAgent(mcp, 'bound'),
      await spawnAgent(mcp, 'outlives', { lifetime: 'detached' }),
    ];
    const late = Array.from({ length: 5 }, () => spawnAgent(mcp, 'spawned late').catch(() => undefined));
    await Promise.any(late);
    process.kill(mcp.pid, 'SIGKILL');
    expect(await ended(bound)).toMatchObject({ status: 'killed', reason: 'session_lost' });
    const session = await sessionOf(bound);
    expect(await session.result()).toBe('session_lost');
    const open = async () => {
      const rows = agents.temporal.client.workflow.list({
        query: `WorkflowType = 'agent' AND ExecutionStatus = 'Running'`,
      });
      const ids = [];
      for await (const { workflowId } of rows) ids.push(workflowId);
      return ids.join() === detached;
    };
    await until(open);
    await workflow(detached).cancel();
  }, 120_000);

  it('loses them as well when no worker is there at that time', async () => {
    const id = await running('without a worker');
    const supervisor = supervisorPid();
    process.kill(supervisor, 'SIGSTOP');
    process.kill(product.workerPid(), 'SIGKILL');
    process.kill(mcp.pid, 'SIGKILL');
    await delay(LEASE_MS);
    process.kill(supervisor, 'SIGCONT');
    expect(await ended(id)).toMatchObject({ status: 'killed', reason: 'session_lost' });
  }, 120_000);
});

describe('a living client', () => {
  let idle: Mcp;
  let sinceMs: number;
  let idleAgent: string;
  let lengthsBefore: number[];
  const historiesOf = async (id: string) => [workflow(id), await sessionOf(id)] as const;
  const lengths = async () =>
    Promise.all(
      (await historiesOf(idleAgent)).map(async (handle) => (await handle.describe()).historyLength),
    );

  beforeAll(async () => {
    idle = await connectMcp(product);
    idleAgent = await running('idle', idle);
    lengthsBefore = await lengths();
    sinceMs = Date.now();
  });

  afterAll(() => idle?.close());

  it('that was stopped for longer than its lease loses what it had, and holds a new one for what it spawns', async () => {
    const lost = await running('before it was stopped');
    process.kill(mcp.pid, 'SIGSTOP');
    expect(await ended(lost)).toMatchObject({ status: 'killed', reason: 'session_lost' });
    process.kill(mcp.pid, 'SIGCONT');
    const next = await running('after it went on');
    await delay(LOST_MS * 1.25);
    expect((await nowOf(next)).status).toBe('running');
    expect((await (await sessionOf(next)).describe()).status.name).toBe('RUNNING');
    await mcp.close();
    expect(await ended(next)).toMatchObject({ status: 'killed', reason: 'session_ended' });
  }, 120_000);

  it('keeps its agents while it is idle, all that time, and adds nothing to any history', async () => {
    await delay(Math.max(0, sinceMs + LOST_MS * 1.25 - Date.now()));
    expect(await lengths()).toEqual(lengthsBefore);
    expect((await nowOf(idleAgent)).status).toBe('running');
    const [, session] = await historiesOf(idleAgent);
    await idle.close();
    expect(await ended(idleAgent)).toMatchObject({ status: 'killed', reason: 'session_ended' });
    expect(await session.result()).toBe('session_ended');
  }, 120_000);

  it('keeps its agents on a laptop that sleeps longer than the lease, in whatever order and for however short it wakes', async () => {
    const id = await spawnAgent(mcp, 'sleeps');
    const parts = { client: mcp.pid, worker: product.workerPid(), server: product.serverPid() };
    const wakings = [
      { order: ['server', 'worker', 'client'], awakeMs: 300 },
      { order: ['client', 'worker', 'server'], awakeMs: LOST_MS },
      { order: ['worker', 'client', 'server'], awakeMs: LOST_MS },
    ] as const;
    for (const { order, awakeMs } of wakings) {
      await asleep(
        [...order].reverse().map((part) => parts[part]),
        () => delay(LEASE_MS * 2.5),
      );
      await delay(awakeMs);
    }
    expect((await nowOf(id)).status).toBe('running');
  }, 180_000);
});

describe('the end of a session', () => {
  it('is heard between two leases', async () => {
    const id = await running('between leases');
    const session = await sessionOf(id);
    await asleep([product.workerPid()], async () => {
      await delay(LEASE_MS);
      // The first lease is over when it is silent, and no worker begins the next.
      await mcp.close();
    });
    expect(await ended(id)).toMatchObject({ status: 'killed', reason: 'session_ended' });
    expect(await session.result()).toBe('session_ended');
  }, 120_000);

  it('stops an agent as ended, also when its worker dies with the order to stop in its hands', async () => {
    // The order is in its hands for a moment only, which a busy machine may miss: then once more, with another session.
    const inHands = async (id: string) => {
      const { raw, status: now } = await workflow(id).describe();
      if (now.name !== 'RUNNING') return 'missed';
      return raw.pendingActivities?.some(({ state }) => state === CANCEL_REQUESTED) && 'seen';
    };
    for (let tries = 0; tries < 5; tries += 1) {
      const id = await running(`dies with its worker ${tries}`);
      const [, seen] = await Promise.all([mcp.close(), until(() => inHands(id), 60_000)]);
      if (seen === 'seen') process.kill(product.workerPid(), 'SIGKILL');
      expect(await ended(id)).toMatchObject({ status: 'killed', reason: 'session_ended' });
      if (seen === 'seen') return;
      mcp = await connectMcp(product);
    }
    throw new Error('The order was never seen in the hands of the worker.');
  }, 240_000);
});

describe('a service that moves to another port', () => {
  it('keeps the agents of a client that does nothing meanwhile', async () => {
    const id = await running('stays');
    const supervisor = supervisorPid();
    const { address = '' } = readyService(product.home) ?? {};
    process.kill(supervisor, 'SIGSTOP');
    process.kill(product.serverPid(), 'SIGKILL');
    const squatter = createServer();
    try {
      await until(() => takes(squatter, Number(address.split(':')[1])));
      process.kill(supervisor, 'SIGCONT');
      await until(() => ![undefined, address].includes(readyService(product.home)?.address), 60_000);
      await delay(LOST_MS * 1.25);
      agents = await product.openSession();
      expect((await nowOf(id)).status).toBe('running');
      await mcp.close();
      expect(await ended(id)).toMatchObject({ status: 'killed', reason: 'session_ended' });
    } finally {
      squatter.close();
    }
  }, 180_000);
});
