import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { status } from '../../src/agents';
import { readyService } from '../../src/local';
import { sessionWorkflowId } from '../../workflows/messages';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { BGA, type Product, startProduct, until } from '../support/product';

const LEASE_MS = 4_000;

let models: ModelServer;
let product: Product;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'late' });
});

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => held);
  product = await startProduct({ modelUrl: models.url, env: { BGA_SESSION_LEASE_MS: String(LEASE_MS) } });
}, 120_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

interface McpSession {
  pid: number;
  spawn(lifetime: string): Promise<string>;
  close(): Promise<void>;
}

async function openMcp(): Promise<McpSession> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [BGA, 'mcp'],
    env: Object.fromEntries(
      Object.entries(product.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    ),
    cwd: product.workspace,
  });
  const client = new Client({ name: 'lease-test', version: '1' });
  await client.connect(transport);
  const { pid } = transport;
  if (pid === null) throw new Error('no pid');
  return {
    pid,
    spawn: async (lifetime) => {
      const { structuredContent } = await client.callTool({
        name: 'agent_spawn',
        arguments: { task: 'wait', lifetime },
      });
      return String(Object(structuredContent).agent_id);
    },
    close: () => client.close(),
  };
}

const nowOf = async (id: string) => status(product.agents, id);
const ended = (id: string, timeoutMs = 60_000) =>
  until(async () => {
    const now = await nowOf(id);
    return now.finished_at ? now : undefined;
  }, timeoutMs);

async function sessionOf(id: string): Promise<string> {
  const described = await product.agents.temporal.client.workflow.getHandle(id).describe();
  return String(described.searchAttributes.AgentSession?.[0]);
}

it('stops the agents of a client that was killed with -9, as session_lost, and leaves detached ones alone', async () => {
  const mcp = await openMcp();
  const [bound, detached] = [await mcp.spawn('session'), await mcp.spawn('detached')];
  process.kill(mcp.pid, 'SIGKILL');
  expect(await ended(bound)).toMatchObject({ status: 'killed', reason: 'session_lost' });
  expect((await nowOf(detached)).status).toBe('running');
}, 90_000);

it('keeps the agents of an idle session, and adds nothing to its history', async () => {
  const mcp = await openMcp();
  const id = await mcp.spawn('session');
  const handle = product.agents.temporal.client.workflow.getHandle(sessionWorkflowId(await sessionOf(id)));
  const before = (await handle.describe()).historyLength;
  await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 3));
  expect((await handle.describe()).historyLength).toBe(before);
  expect((await nowOf(id)).status).toBe('running');
  await mcp.close();
  expect(await ended(id)).toMatchObject({ status: 'killed', reason: 'session_ended' });
  expect(await handle.result()).toBe('session_ended');
}, 90_000);

it('keeps the agents of a laptop that slept longer than the lease, in whatever order its parts wake', async () => {
  const mcp = await openMcp();
  const id = await mcp.spawn('session');
  const parts = { client: mcp.pid, worker: product.workerPid(), server: product.serverPid() };
  const supervisor = readyService(product.home)?.supervisor.pid;
  const orders: (keyof typeof parts)[][] = [
    ['server', 'worker', 'client'],
    ['client', 'worker', 'server'],
    ['worker', 'client', 'server'],
  ];
  for (const order of orders) {
    // The supervisor sleeps as well: awake, it would take the silent server for dead.
    const all = [supervisor, ...Object.values(parts)].filter((pid) => pid !== undefined);
    for (const pid of all) process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 2.5));
    for (const part of order) process.kill(parts[part], 'SIGCONT');
    if (supervisor) process.kill(supervisor, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 2.5));
    expect((await nowOf(id)).status).toBe('running');
  }
  await mcp.close();
}, 180_000);
