/** Who is served first when model calls are scarce: one at a time here, and two a second. */
import { setTimeout as delay } from 'node:timers/promises';
import { newSession, newSessionId, spawn, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

const SWARM = 10;
const PER_SECOND = 2;

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({
    modelUrl: models.url,
    env: { BGA_CONCURRENCY_HAIKU: '1', BGA_RATE_SONNET: String(PER_SECOND) },
  });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

/** The order in which the model was asked, by the markers' beginnings. */
function order(beginning: string): (string | undefined)[] {
  return models
    .requests()
    .map(({ marker }) => marker)
    .filter((marker) => marker?.startsWith(beginning));
}

/** Holds the one model call, lets `SWARM` agents of one session queue behind it, then starts another and goes on. */
async function startedBehindSwarm(
  name: string,
  start: (task: string) => Promise<{ agent_id: string }>,
): Promise<number> {
  let release: () => void = () => undefined;
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'done' });
  });
  models.script(`${name}-swarm`, () => held);
  models.script(`${name}-single`, [{ text: 'done' }]);
  const crowd: AgentsContext = { ...product.agents, session: newSession(newSessionId()) };
  const tasks = Array.from({ length: SWARM }, (_, index) => `${name}-swarm ${index}`);
  const swarm = await Promise.all(tasks.map((task) => spawn(crowd, { task, agent_type: 'explore' })));
  await until(() => order(name).length > 0);
  const single = await start(`${name}-single`);
  await until(async () =>
    (await status(product.agents, single.agent_id)).progress.activity.includes('queue'),
  );
  release();
  const agent_ids = swarm.map(({ agent_id }) => agent_id);
  await until(async () => !(await wait(crowd, { agent_ids, timeout_ms: 30_000 })).timed_out, 90_000);
  return order(name).indexOf(`${name}-single`);
}

it("serves another session's single agent among the first, not behind a session's whole swarm", async () => {
  const place = await startedBehindSwarm('fair', (task) =>
    spawn(product.agents, { task, agent_type: 'explore' }),
  );
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThanOrEqual(SWARM / 2);
}, 120_000);

it('serves an agent that somebody waits for before those that work in the background', async () => {
  const place = await startedBehindSwarm('urgent', (task) =>
    spawn(product.agents, { task, agent_type: 'explore' }, 'foreground'),
  );
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThanOrEqual(SWARM / 2);
}, 120_000);

it('makes no more calls at a time on a tier than it may, whether they come through its queue or past it', async () => {
  let atOnce = 0;
  let most = 0;
  const turn = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await delay(50);
    atOnce -= 1;
    return { text: 'done' };
  };
  models.script('narrow', turn);
  const tasks = Array.from({ length: SWARM }, (_, index) => ({
    task: `narrow ${index}`,
    agent_type: 'explore',
  }));
  const spawned = await Promise.all(tasks.map((task) => spawn(product.agents, task)));
  const agent_ids = spawned.map(({ agent_id }) => agent_id);
  await until(async () => !(await wait(product.agents, { agent_ids, timeout_ms: 30_000 })).timed_out, 90_000);
  expect(models.requests('narrow')).toHaveLength(SWARM);
  expect(most).toBe(1);
}, 120_000);

it('starts no more model calls a second on a tier than its rate', async () => {
  models.script('rate', [{ text: 'done' }]);
  const tasks = Array.from({ length: SWARM }, (_, index) => `rate ${index}`);
  const spawned = await Promise.all(
    tasks.map((task) => spawn(product.agents, { task, agent_type: 'general' })),
  );
  const agent_ids = spawned.map(({ agent_id }) => agent_id);
  await until(async () => !(await wait(product.agents, { agent_ids, timeout_ms: 30_000 })).timed_out, 90_000);
  const times = models.requests('rate').map(({ atMs }) => atMs);
  expect(times).toHaveLength(SWARM);
  // A burst of one second's worth may come at once; the rest is held back. A slow machine only makes it longer.
  const leastMs = ((SWARM - 2 * PER_SECOND) / PER_SECOND) * 1_000;
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(leastMs);
}, 120_000);
