import { runIdsOf } from '../support/activities';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import {
  AGENTS,
  expectWhole,
  freeFolder,
  hangingWorkspace,
  LEAST_IN_FLIGHT,
  startSwarm,
  untilInFlight,
  waitForAll,
} from './swarm';

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({
    modelUrl: models.url,
    workspace: hangingWorkspace(),
    env: { BGA_CONCURRENCY_HAIKU: '40', BGA_CONCURRENCY_WORKSPACE: '40' },
  });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

/** Three turns: read, read, answer; each reply takes so long that a kill can hit it. */
function scriptReaders(name: string, latencyMs: number): void {
  for (let index = 0; index < AGENTS; index += 1) {
    const marker = `${name}-${String(index).padStart(2, '0')}`;
    models.script(
      marker,
      [
        { text: 'first', tool: { name: 'read_file', input: { path: 'a.txt' } } },
        { text: 'second', tool: { name: 'list_files', input: { path: 'bulk', max_results: 3 } } },
        { text: `${marker} done` },
      ],
      { latencyMs },
    );
  }
}

const readerLines = (marker: string) => [
  'first',
  '[tool] read_file a.txt → 2 lines',
  'second',
  '[tool] list_files bulk max_results=3 → 4 lines',
  `${marker} done`,
];

it('finishes every agent after kill -9 of the worker in the middle of model calls', async () => {
  scriptReaders('worker-model', 2_500);
  const swarm = await startSwarm(product.agents, 'worker-model');
  expect(await untilInFlight(product.agents, swarm.ids, 'callModel')).toBeGreaterThanOrEqual(LEAST_IN_FLIGHT);
  const pid = product.workerPid();
  process.kill(pid, 'SIGKILL');
  await waitForAll(product.agents, swarm.ids);
  await expectWhole(product.agents, models, swarm, { turns: 3, toolCalls: 2, lines: readerLines });
  expect(await until(() => product.workerPid())).not.toBe(pid);
}, 300_000);

it('finishes every agent after kill -9 of the worker in the middle of tool calls', async () => {
  for (let index = 0; index < AGENTS; index += 1) {
    const marker = `worker-tool-${String(index).padStart(2, '0')}`;
    models.script(marker, [
      { text: 'searching', tool: { name: 'search', input: { pattern: 'zebra', path: 'hang' } } },
      { text: `${marker} done` },
    ]);
  }
  const swarm = await startSwarm(product.agents, 'worker-tool');
  expect(await untilInFlight(product.agents, swarm.ids, 'callTool')).toBeGreaterThanOrEqual(LEAST_IN_FLIGHT);
  process.kill(product.workerPid(), 'SIGKILL');
  freeFolder(product.workspace);
  await waitForAll(product.agents, swarm.ids);
  await expectWhole(product.agents, models, swarm, {
    turns: 2,
    toolCalls: 1,
    lines: (marker) => ['searching', '[tool] search zebra path="hang" → 1 line', `${marker} done`],
  });
  // The first answer was recorded before the kill: no model call of it is repeated.
  for (const [index] of swarm.ids.entries()) {
    expect(models.requests(swarm.marker(index)).filter(({ turn }) => turn === 0)).toHaveLength(1);
  }
}, 300_000);

it('finishes every agent after kills -9 of the worker while they go on in new runs', async () => {
  const turns = 10;
  for (let index = 0; index < AGENTS; index += 1) {
    models.script(
      `worker-runs-${String(index).padStart(2, '0')}`,
      (turn) =>
        turn === turns - 1
          ? { text: 'done' }
          : {
              text: `turn ${turn}`,
              tool: { name: 'read_file', input: { path: 'a.txt', to_line: turn + 1 } },
            },
      { latencyMs: 100 },
    );
  }
  // A run for each turn: whatever a kill hits, it is next to a continuation.
  const swarm = await startSwarm(
    { ...product.agents, historyLimits: { events: 5, bytes: 1_000_000 } },
    'worker-runs',
  );
  for (const turn of [2, 4, 6]) {
    const reached = () => swarm.ids.filter((_, at) => models.requests(swarm.marker(at)).length > turn).length;
    await until(() => reached() >= AGENTS / 2, 120_000);
    process.kill(product.workerPid(), 'SIGKILL');
  }
  await waitForAll(product.agents, swarm.ids);
  const lines = Array.from({ length: turns - 1 }, (_, turn) => [
    `turn ${turn}`,
    `[tool] read_file a.txt to_line=${turn + 1} → 2 lines`,
  ]).flat();
  await expectWhole(product.agents, models, swarm, {
    turns,
    toolCalls: turns - 1,
    lines: () => [...lines, 'done'],
  });
  for (const id of swarm.ids) expect(await runIdsOf(product.agents, id)).toHaveLength(turns);
}, 300_000);

it('finishes every agent after kill -9 of the Temporal server', async () => {
  scriptReaders('server-kill', 2_500);
  const swarm = await startSwarm(product.agents, 'server-kill');
  expect(await untilInFlight(product.agents, swarm.ids, 'callModel')).toBeGreaterThanOrEqual(LEAST_IN_FLIGHT);
  const pid = product.serverPid();
  process.kill(pid, 'SIGKILL');
  await until(() => product.serverPid() !== pid, 60_000).catch(() => undefined);
  await waitForAll(product.agents, swarm.ids);
  await expectWhole(product.agents, models, swarm, { turns: 3, toolCalls: 2, lines: readerLines });
}, 300_000);
