/** What a program can do that imports the package. */
import { type BackgroundAgents, connect } from '../src';
import { status } from '../src/agents';
import { type ModelServer, startModelServer } from './support/modelServer';
import { type Product, startProduct, until } from './support/product';

let models: ModelServer;
let product: Product;
let agents: BackgroundAgents;
let release: () => void = () => undefined;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer' }));
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });
  models.script('held', () => held);
  product = await startProduct({ modelUrl: models.url });
  agents = await connect({ env: product.env, workspace: product.workspace });
}, 120_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

it('spawns, waits for as long as it takes, reads and lists, in the words of the tools', async () => {
  const { agent_id } = await agents.spawn({ task: 'x', agent_type: 'explore' });
  const waited = await agents.wait();
  expect(waited).toMatchObject({ finished: [{ agent_id, status: 'completed' }], timed_out: false });
  expect(await agents.output({ agent_id })).toMatchObject({ text: 'an answer' });
  const status = await agents.status({ agent_id });
  expect(status).toMatchObject({ agent_id, status: 'completed', reason: 'answered' });
  expect(await agents.status(agent_id)).toEqual(status);
  expect(await agents.list({ scope: 'session' })).toMatchObject({ agents: [{ agent_id }] });
});

it('kills', async () => {
  const { agent_id } = await agents.spawn({ task: 'held', agent_type: 'explore' });
  expect(await agents.kill({ agent_id, reason: 'enough' })).toMatchObject({ status: 'killed' });
});

it('refuses what a tool would refuse, and says what would do', async () => {
  await expect(agents.spawn({ task: '' })).rejects.toMatchObject({
    name: 'UserError',
    kind: 'invalid',
    message: expect.stringContaining('task is empty'),
  });
  await expect(agents.status('explore-nobody')).rejects.toMatchObject({ kind: 'not_found' });
  await expect(agents.status({ agent_id: '' })).rejects.toThrow('agent_id is empty');
});

it('stops its agents when it closes, and leaves the detached ones', async () => {
  const bound = await agents.spawn({ task: 'held', agent_type: 'explore' });
  const detached = await agents.spawn({ task: 'held', agent_type: 'explore', lifetime: 'detached' });
  await agents.close();
  const look = (id: string) => status(product.agents, id);
  await until(async () => (await look(bound.agent_id)).reason === 'session_ended');
  expect(['pending', 'running']).toContain((await look(detached.agent_id)).status);
});
