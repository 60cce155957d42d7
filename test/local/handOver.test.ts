/** A dead worker's calls go to the next one without waiting for missed heartbeats. */
import { output, spawn, status } from '../../src/agents';
import { handOver } from '../../src/local/handOver';
import { completedActivities, inFlight } from '../support/activities';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

it('has the calls of that worker made again, those of no other, and records one reply of each', async () => {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  models.script('handed', async () => {
    await answered;
    return { text: 'answered' };
  });
  const { agents } = product;
  const { agent_id: id } = await spawn(agents, { task: 'handed', agent_type: 'explore' });
  await until(() => inFlight(agents, [id], 'callModel'), 60_000);
  await until(() => models.requests('handed').length > 0);

  const { address, namespace } = agents.temporal.target;
  const how = 'was ended in a test';
  expect(await handOver({ address, namespace, pid: product.workerPid() + 1, how })).toBe(0);
  expect(await handOver({ address, namespace, pid: product.workerPid(), how })).toBe(1);
  const retried = await until(async () => {
    const { raw } = await agents.temporal.client.workflow.getHandle(id).describe();
    const [call] = raw.pendingActivities ?? [];
    return call?.attempt === 2 ? call : undefined;
  });
  expect(retried.lastFailure?.message).toBe('Its worker was ended in a test; the next one takes this over.');
  await until(() => models.requests('handed').length > 1, 60_000);

  answer();
  await until(async () => (await status(agents, id)).finished_at, 60_000);
  expect((await output(agents, { agent_id: id })).text).toBe('answered');
  expect(await completedActivities(agents, id)).toEqual({ callModel: 1 });
}, 180_000);
