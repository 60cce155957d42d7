/** Messages and questions through kill -9 of worker and server, and through new runs of the workflow. */
import { output, send, spawn, status } from '../../src/agents';
import { runIdsOf } from '../support/activities';
import { heldScript } from '../support/held';
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

const search = (turn: number) => ({ tool: { name: 'search', input: { pattern: `p${turn}` } } });

it('a queued message and an open question outlive worker and server, and the answer may come while no worker is up', async () => {
  const { script, release } = heldScript([{ tool: search(0).tool }, { text: 'heard' }]);
  models.script('queued-mail', script);
  models.script('open-question', (turn) => {
    if (turn === 4) return { tool: { name: 'ask', input: { question: 'Which way?' } } };
    return turn === 9 ? { text: 'there' } : search(turn);
  });
  const long = { ...product.agents, historyLimits: { events: 20, bytes: 1_000_000 } };
  const [mail, question] = await Promise.all(
    ['queued-mail', 'open-question'].map(
      async (task) => (await spawn(long, { task, agent_type: 'explore', lifetime: 'detached' })).agent_id,
    ),
  );
  if (mail === undefined || question === undefined) throw new Error('They were not spawned.');
  await until(() => models.requests('queued-mail').length > 0);
  expect(await send(product.agents, { agent_id: mail, message: 'do not lose me' })).toMatchObject({
    turn: 2,
  });
  await until(async () => (await status(product.agents, question)).question !== undefined);
  const runs = await runIdsOf(product.agents, question);
  expect(runs.length).toBeGreaterThan(1);

  // Both are looked up first: the supervisor hears at once of the first that is gone.
  for (const pid of [product.serverPid(), product.workerPid()]) process.kill(pid, 'SIGKILL');
  release();
  // The service is up again, perhaps at another address; whether its worker is does not matter.
  const again = await until(async () => {
    const session = await product.openSession().catch(() => undefined);
    const seen = session && (await status(session, question).catch(() => undefined));
    return seen?.question?.text === 'Which way?' ? session : undefined;
  }, 60_000);
  await send(again, { agent_id: question, message: 'left' });
  for (const [agent_id, line] of [
    [mail, '› do not lose me'],
    [question, '› left'],
  ] as const) {
    await until(async () => (await status(again, agent_id)).status === 'completed', 60_000);
    const { text } = await output(again, { agent_id, view: 'full', max_chars: 40_000 });
    expect(text.split('\n').filter((each) => each.startsWith('› '))).toEqual([line]);
  }
  expect((await runIdsOf(again, question)).length).toBeGreaterThan(runs.length);
  expect((await output(again, { agent_id: mail })).text).toBe('heard');
}, 180_000);

it('an agent that has ended goes on when a worker is up, and is told so before', async () => {
  models.script('no-worker', [{ text: 'first' }, { text: 'second' }]);
  const session = await product.openSession();
  const { agent_id } = await spawn(session, { task: 'no-worker', agent_type: 'explore' });
  await until(async () => (await status(session, agent_id)).status === 'completed');
  process.kill(product.workerPid(), 'SIGSTOP');
  const stopped = product.workerPid();
  try {
    expect(await send(session, { agent_id, message: 'and?' })).toMatchObject({ delivered: 'continued' });
    expect(await send(session, { agent_id, message: 'and then?' })).toMatchObject({ delivered: 'queued' });
    expect(await status(session, agent_id)).toMatchObject({ status: 'pending', progress: { turn: 1 } });
  } finally {
    process.kill(stopped, 'SIGKILL');
  }
  await until(async () => (await status(session, agent_id)).status === 'completed', 60_000);
  const { text } = await output(session, { agent_id, view: 'full' });
  expect(text.split('\n').slice(-3)).toEqual(['› and?', '› and then?', 'second']);
}, 120_000);
