/** Another version, or another installation, takes the running service over; agents and sessions go on. */
import { status } from '../../src/agents';
import { readyService } from '../../src/local';
import { connectMcp, done, type Mcp, spawnAgent } from '../mcp/support';
import { type Installation, install } from '../support/installation';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, runProgram, startProduct, until } from '../support/product';
import {
  AGENTS,
  expectWhole,
  hangingWorkspace,
  LEAST_IN_FLIGHT,
  startSwarm,
  untilInFlight,
  waitForAll,
} from './swarm';

const NEWER = '99.0.0';

let models: ModelServer;
let product: Product;
let newer: Installation;
let mcp: Mcp | undefined;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'held, and answered' });
});

beforeAll(async () => {
  newer = install(NEWER);
  models = await startModelServer();
  product = await startProduct({
    modelUrl: models.url,
    workspace: hangingWorkspace(),
    env: { BGA_CONCURRENCY_HAIKU: '40' },
  });
}, 120_000);

afterAll(async () => {
  release();
  await mcp?.close();
  await product?.stop();
  await models?.stop();
  newer?.remove();
}, 60_000);

const bgaOf = ({ main }: Installation, ...args: string[]) =>
  runProgram(process.execPath, [main, ...args], product.env, product.workspace);

function service() {
  const state = readyService(product.home);
  if (!state) throw new Error('The service is not ready.');
  return state;
}

it('drains the old worker and starts the new one: agents finish whole, and a session goes on', async () => {
  for (let index = 0; index < AGENTS; index += 1) {
    const marker = `upgrade-${String(index).padStart(2, '0')}`;
    models.script(
      marker,
      [
        { text: 'first', tool: { name: 'read_file', input: { path: 'a.txt' } } },
        { text: 'second', tool: { name: 'list_files', input: { path: 'bulk', max_results: 3 } } },
        { text: `${marker} done` },
      ],
      { latencyMs: 2_500 },
    );
  }
  models.script('held', () => held);
  mcp = await connectMcp(product);
  const bound = await spawnAgent(mcp, 'held', { lifetime: 'session' });
  const swarm = await startSwarm(product.agents, 'upgrade');
  expect(await untilInFlight(product.agents, swarm.ids, 'callModel')).toBeGreaterThanOrEqual(LEAST_IN_FLIGHT);

  const before = service();
  const list = await bgaOf(newer, 'list', '--json', '--limit', '50');
  expect(list).toMatchObject({ code: 0 });
  expect(list.stderr).toMatch(
    /draining the worker of version 0\.1\.0.*started by version 0\.1\.0, and this is 99\.0\.0: restarted with it\./s,
  );
  expect(JSON.parse(list.stdout).agents).toHaveLength(AGENTS + 1);
  expect(service()).toMatchObject({ version: NEWER, address: before.address, uiUrl: before.uiUrl });

  await waitForAll(product.agents, swarm.ids);
  await expectWhole(product.agents, models, swarm, {
    turns: 3,
    toolCalls: 2,
    lines: (marker) => [
      'first',
      '[tool] read_file a.txt → 2 lines',
      'second',
      '[tool] list_files bulk max_results=3 → 4 lines',
      `${marker} done`,
    ],
  });
  // The session that was connected all the time is of the older version, and takes nothing back.
  expect(await done(mcp, 'agent_status', { agent_id: bound })).toMatchObject({ status: 'running' });
  release();
  await until(async () => (await status(product.agents, bound)).status === 'completed');
  expect(service().version).toBe(NEWER);
}, 300_000);

it('leaves a newer service to an older caller as it is, and says so', async () => {
  const { supervisor } = service();
  const { code, stderr } = await product.bga('list');
  expect({ code, supervisor: service().supervisor }).toEqual({ code: 0, supervisor });
  expect(stderr).toContain(`newer version ${NEWER} and was left as it is`);
});

it('is taken over by the next installation when its own is removed under it', async () => {
  const other = install(NEWER);
  try {
    newer.remove();
    const { code, stderr } = await bgaOf(other, 'up');
    expect(code).toBe(0);
    expect(stderr).toContain('draining the worker');
    expect(service().installation).toContain(other.main);
  } finally {
    other.remove();
  }
}, 120_000);

it('is no dead end when its worker cannot be started again: even an older installation takes over', async () => {
  process.kill(product.workerPid(), 'SIGKILL');
  await until(() => readyService(product.home) === undefined);
  const { code, stderr } = await product.bga('list');
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/is gone.*restarted/s) });
  expect(service().version).toBe('0.1.0');
  models.script('after', [{ text: 'all is well' }]);
  expect((await product.bga('run', 'after')).stdout).toContain('all is well');
}, 120_000);
