/** Several agents in one call: all of them or, when one is wrong, none. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { list, spawnMany, wait } from '../../src/agents';
import { agentIdForKey } from '../../src/agents/ids';
import { type Product, startProduct, until } from '../support/product';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\n');
}, 120_000);

afterAll(() => product?.stop());

it('starts them in the order of the tasks, and lists them newest first', async () => {
  const session = await product.openSession();
  const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
  const tasks = names.map((name) => ({ task: 'Where is alpha?', name, agent_type: 'explore' }));
  const { agents } = await spawnMany(session, tasks);
  const listed = await list(session, { scope: 'session', limit: 100 });
  expect(listed.agents.map(({ name }) => name)).toEqual([...names].reverse());
  expect(listed.agents.map((agent) => agent.agent_id).reverse()).toEqual(
    agents.map((agent) => agent.agent_id),
  );
  const waited = await wait(session, { timeout_ms: 120_000 });
  expect(waited.finished.map((agent) => agent.status)).toEqual(names.map(() => 'completed'));
}, 150_000);

it.each([
  [{ agent_type: 'nope' }, 'tasks[1]: agent_type: Unknown agent type "nope"'],
  [{ workspace: '/nowhere' }, 'tasks[1]: workspace: '],
  [{ model: 'no such model' }, 'tasks[1]: model: '],
])('starts none when one has %j', async (wrong, message) => {
  const session = await product.openSession();
  const refused = spawnMany(session, [{ task: 'a' }, { task: 'b', ...wrong }]);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow('No agent was started.');
  expect((await list(session, { scope: 'session' })).agents).toEqual([]);
});

it('knows each by its key, and refuses a key for two tasks before anything is started', async () => {
  const session = await product.openSession();
  const keyed = (key: string, task: string) => ({ task, agent_type: 'explore', idempotency_key: key });
  const first = await spawnMany(session, [keyed('k', 'alpha?'), keyed('l', 'beta?'), keyed('k', 'alpha?')]);
  const ids = first.agents.map((agent) => agent.agent_id);
  expect(ids[2]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(2);
  for (const wrong of [
    [keyed('new', 'gamma?'), keyed('k', 'gamma?')],
    [keyed('new', 'gamma?'), keyed('new', 'delta?')],
  ])
    await expect(spawnMany(session, wrong)).rejects.toThrow(
      /^tasks\[1\]: idempotency_key "\w+" stands for another/,
    );
  expect((await list(session, { scope: 'session' })).agents).toHaveLength(2);
});

it('cut off by a lost server and repeated with the same keys starts each agent once', async () => {
  const session = await product.openSession();
  const keys = Array.from({ length: 50 }, (_, index) => `cut ${index}`);
  const tasks = keys.map((key) => ({ task: 'Where is alpha?', agent_type: 'explore', idempotency_key: key }));
  const isThere = (id: string) =>
    session.temporal.client.workflow
      .getHandle(id)
      .describe()
      .then(
        () => true,
        () => false,
      );
  const ids = keys.map((key) => agentIdForKey('explore', session.session.id, key));
  const cut = spawnMany(session, tasks).catch((error: Error) => error);
  await until(async () => isThere(ids[0] ?? ''));
  process.kill(product.serverPid(), 'SIGKILL');
  await cut;
  // As another process of this session would, which knows of nothing.
  const again = await until(async () => {
    const own = { ...session.session, keyed: new Map(), spawned: [] };
    const fresh = await product.openSession({ session: own }).catch(() => undefined);
    const spawned = fresh && (await spawnMany(fresh, tasks).catch(() => undefined));
    return spawned && { fresh, spawned };
  }, 90_000);
  expect(again.spawned.agents.map((agent) => agent.agent_id)).toEqual(ids);
  const listed = await until(async () => {
    const { agents } = await list(again.fresh, { scope: 'session', limit: 100 });
    return agents.length >= keys.length ? agents : undefined;
  });
  expect(listed.map((agent) => agent.agent_id).sort()).toEqual([...ids].sort());
}, 150_000);

it('counts them together against what a session may start in a minute', async () => {
  const opened = await product.openSession();
  const session = { ...opened, config: { ...opened.config, sessionLimits: { maxSpawnsPerMinute: 3 } } };
  const of = (count: number) =>
    Array.from({ length: count }, () => ({ task: 'alpha?', agent_type: 'explore' }));
  await expect(spawnMany(session, of(4))).rejects.toThrow(
    '4 agents are more than this session may start in a minute',
  );
  await spawnMany(session, of(2));
  await expect(spawnMany(session, of(2))).rejects.toThrow(/Try again in \d+ s/);
  expect((await spawnMany(session, of(1))).agents).toHaveLength(1);
});

it('is bga spawn --many, from a file', async () => {
  const file = join(product.workspace, 'tasks.jsonl');
  writeFileSync(file, '{"task":"alpha?","name":"one"}\n\n{"task":"alpha?","agent_type":"research"}\n');
  const started = await product.bga('spawn', '--many', file, '-t', 'explore', '--json');
  const types = JSON.parse(started.stdout).agents.map((agent: { agent_type: string }) => agent.agent_type);
  expect(types).toEqual(['explore', 'research']);
  writeFileSync(file, '{"task":"alpha?"}\nnonsense\n');
  expect(await product.bga('spawn', '--many', file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`--many ${file}, line 2 is no JSON object`),
  });
  writeFileSync(file, '\n{"task":"alpha?"}\n{"task":"beta?","agent_type":"nope"}\n');
  expect(await product.bga('spawn', '--many', file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`--many ${file}, line 3: agent_type: Unknown agent type "nope"`),
  });
});
