/** Agents of two callers on one service: each knows of its own, the user of the machine of all. */
import {
  kill,
  list,
  newSession,
  newSessionId,
  output,
  resume,
  resumeAll,
  spawn,
  status,
  wait,
} from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { callerOf, LOCAL_CALLER } from '../../src/agents/owner';
import { holding } from '../support/holding';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct } from '../support/product';

const { held, release } = holding();
let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', [{ text: 'a secret answer' }]);
  models.script('held', held);
  product = await startProduct({ modelUrl: models.url });
}, 120_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

/** Over one connection, as the callers of one server. */
function as(owner: string | undefined, { shareAgents = false } = {}): AgentsContext {
  const session = newSession(newSessionId(), undefined, callerOf(owner, { shareAgents }));
  return { ...product.agents, session };
}

const messageOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: Error) => error.message,
  );

/** What each operation that takes an id says of one that it does not find. */
async function answers(caller: AgentsContext, id: string): Promise<string[]> {
  const calls = [
    status(caller, id),
    output(caller, { agent_id: id }),
    wait(caller, { agent_ids: [id], timeout_ms: 0 }),
    kill(caller, id),
    resume(caller, [id]),
  ];
  return (await Promise.all(calls.map(messageOf))).map((text) => text.replaceAll(id, 'ID'));
}

const idsIn = async (caller: AgentsContext, scope: 'session' | 'workspace' | 'all') =>
  (await list(caller, { scope, limit: 100 })).agents.map(({ agent_id }) => agent_id);

it('an agent of somebody else and one that does not exist answer alike, running or ended, also once it was read', async () => {
  const [alice, bob] = [as('alice'), as("bob's \\ agents")];
  const running = (await spawn(alice, { task: 'held', agent_type: 'explore' })).agent_id;
  const ended = (await spawn(alice, { task: 'x', agent_type: 'explore' })).agent_id;
  await wait(alice, { agent_ids: [ended], timeout_ms: 30_000 });
  expect((await output(alice, { agent_id: ended })).text).toBe('a secret answer');
  const unknown = await answers(bob, 'explore-000000000000');
  for (const text of unknown) expect(text).toMatch(/^No agent "ID"/);
  for (const id of [running, ended]) expect(await answers(bob, id)).toEqual(unknown);
  expect((await status(alice, running)).status).toBe('running');
});

it('lists and counts show only what is the own, in every scope, and so does what means all', async () => {
  const [alice, bob] = [as('list-alice'), as('list-bob')];
  const own = (await spawn(bob, { task: 'held', agent_type: 'explore' })).agent_id;
  const other = (await spawn(alice, { task: 'held', agent_type: 'explore' })).agent_id;
  const later: AgentsContext = { ...bob, session: as('list-bob').session };
  for (const scope of ['workspace', 'all'] as const) {
    expect(await idsIn(bob, scope)).toEqual([own]);
    expect(await idsIn(later, scope)).toEqual([own]);
    expect((await list(bob, { scope })).counts).toMatchObject({ killed: 0, completed: 0 });
  }
  expect((await resumeAll(bob)).agents.map(({ agent_id }) => agent_id)).toEqual([own]);
  expect(
    await idsIn({ ...bob, session: newSession(alice.session.id, undefined, bob.session.caller) }, 'session'),
  ).toEqual([]);
  const local = { ...product.agents, session: newSession(newSessionId(), undefined, LOCAL_CALLER) };
  expect(await idsIn(local, 'all')).toEqual(expect.arrayContaining([own, other]));
  expect((await kill(local, other)).status).toBe('killed');
});

it('who is configured to share sees all, and others still see nothing of his', async () => {
  const [alice, open] = [as('share-alice'), as('share-open', { shareAgents: true })];
  const hers = (await spawn(alice, { task: 'held', agent_type: 'explore' })).agent_id;
  const his = (await spawn(open, { task: 'held', agent_type: 'explore' })).agent_id;
  expect(await idsIn(open, 'all')).toEqual(expect.arrayContaining([hers, his]));
  expect(await messageOf(status(alice, his))).toContain(`No agent "${his}"`);
});

it('an idempotency key finds only the own agent', async () => {
  const request = { task: 'x', agent_type: 'explore', idempotency_key: 'the same' };
  const [first, second] = await Promise.all([spawn(as('key-alice'), request), spawn(as('key-bob'), request)]);
  expect(first.agent_id).not.toBe(second.agent_id);
});
