/** A worker that was started without an API key: its agents wait for one, and it is read anew at each call. */
import { spawn, status } from '../../src/agents';
import { startBga } from '../cli/process';
import { type Product, startProduct, until } from '../support/product';
import {
  messageEnd,
  messageStart,
  type RawModelServer,
  type RawRequest,
  startRawModelServer,
  textEvents,
} from '../support/rawModelServer';

const KEY = 'sk-test-put-in-place-later';
const REFUSAL = { type: 'authentication_error', message: 'a key is required' };

const hasKey = ({ headers }: RawRequest) => headers.authorization === `Bearer ${KEY}`;

let models: RawModelServer;
let product: Product;

beforeAll(async () => {
  models = await startRawModelServer((request) =>
    hasKey(request)
      ? { events: [messageStart(), ...textEvents(0, 'Let in.'), ...messageEnd('end_turn')] }
      : {
          status: 401,
          headers: { 'content-type': 'application/json' },
          events: [JSON.stringify({ type: 'error', error: REFUSAL })],
        },
  );
  product = await startProduct({ env: { ANTHROPIC_BASE_URL: models.url, BGA_MODEL_PROBE_MS: '500' } });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

it('waits without a key, says so, and goes on by itself once it is in place, in the same worker', async () => {
  const { agent_id } = await spawn(product.agents, { task: 'Look around.', agent_type: 'explore' });
  const worker = product.workerPid();
  // The first refusal, and at least one try more with still no key.
  await until(() => models.requests.length > 1, 60_000);
  const now = await until(async () => {
    const seen = await status(product.agents, agent_id);
    return seen.status === 'waiting' ? seen : undefined;
  });
  expect(now).toMatchObject({ progress: { turn: 0 }, usage: { cost_usd: 0 } });
  expect(now.question?.text).toMatch(/401: a key is required.*bga config set-key/);
  expect((await product.bga('status', agent_id)).stdout).toContain('bga config set-key');
  const setting = startBga(product, 'config', 'set-key');
  setting.child.stdin?.end(KEY);
  expect(await setting.ended).toMatchObject({ code: 0 });
  await until(async () => (await status(product.agents, agent_id)).status === 'completed', 60_000);
  expect((await product.bga('output', agent_id)).stdout.trim()).toBe('Let in.');
  expect(product.workerPid()).toBe(worker);
  expect(models.requests.filter(hasKey)).toHaveLength(1);
}, 120_000);
