/** The whole product with an encryption key: what is stored, what can still be read, and what happens without the key. */
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill, list, output, spawn, status } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { keysPath } from '../../src/codec';
import { triedType } from '../support/activities';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

/** Task text of before there was a key, and of after. */
const OPEN = 'OpenCanaryK7q2';
const SECRET = 'SecretCanaryX4z9';

let models: ModelServer;
let product: Product;
let agents: AgentsContext;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: `held back ${SECRET}` });
});

/** The tests build on one another: one home, from its first start to its end. */
beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url, env: { BGA_MODEL_PROBE_MS: '300' } });
  agents = product.agents;
  writeFileSync(join(product.workspace, 'a.txt'), `${SECRET}\n`.repeat(500));
}, 120_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

const ended = (agentId: string) =>
  until(async () => {
    const now = await status(agents, agentId);
    return now.finished_at === undefined ? undefined : now;
  }, 60_000);

const explore = async (task: string, more: object = {}) =>
  (await spawn(agents, { task, agent_type: 'explore', ...more })).agent_id;

async function restart(): Promise<void> {
  await product.bga('down');
  const up = await product.bga('up');
  expect(up).toMatchObject({ code: 0 });
  agents = await product.openSession();
}

/** Everything that the product has written, byte by byte; not the keys, and not the worker's own log. */
function written(): Buffer {
  const files = readdirSync(product.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^encryption-keys|worker\.log$/.test(name))
    .map((name) => join(product.home, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  expect(files.some((path) => path.endsWith('temporal.db'))).toBe(true);
  return Buffer.concat(files.map((path) => readFileSync(path)));
}

/** As it is, and in base64 at each of the three places that it may begin at. */
function occursIn(bytes: Buffer, text: string): boolean {
  const inBase64 = [0, 1, 2].map((shift) =>
    // Without its first and last characters, which depend on what is beside it.
    Buffer.from('x'.repeat(shift) + text)
      .toString('base64')
      .slice(Math.ceil((shift * 8) / 6), -4),
  );
  return [text, ...inBase64].some((form) => bytes.includes(form));
}

let before: string;

it('without a key, a task is there for everybody who can read the database', async () => {
  models.script('open', [{ text: `answer ${OPEN}` }]);
  before = await explore(`open ${OPEN}`);
  await ended(before);
  expect(occursIn(written(), OPEN)).toBe(true);
});

it('with a key, no text of an agent is stored in the clear, however it ends', async () => {
  expect(await product.bga('config', 'new-encryption-key')).toMatchObject({ code: 0 });
  await restart();
  const search = { name: 'search', input: { pattern: SECRET } };
  models.script('answers', [{ text: SECRET, tool: search }, { text: `answer ${SECRET}` }]);
  models.fail({ marker: 'answers', turn: 1, status: 529, message: `overloaded ${SECRET}` });
  models.script('fails', [{ text: SECRET, tool: search }]);
  models.fail({ marker: 'fails', turn: 1, status: 400, message: `bad ${SECRET}` });
  models.script('waits', [{ text: SECRET }]);
  models.fail({ marker: 'waits', status: 401, message: `key ${SECRET}`, times: 3 });
  models.script('killed', () => held);

  const ids = {
    answers: await explore(`answers ${SECRET}`, { name: SECRET, idempotency_key: SECRET }),
    fails: await explore(`fails ${SECRET}`),
    waits: await explore(`waits ${SECRET}`),
    killed: await explore(`killed ${SECRET}`, { lifetime: 'session' }),
  };
  // From its heartbeat, which is a payload as well.
  await until(async () => (await status(agents, ids.killed)).progress.activity.startsWith('asking '));
  await kill(agents, ids.killed, `because ${SECRET}`);

  expect(await ended(ids.answers)).toMatchObject({ status: 'completed' });
  expect(await ended(ids.waits)).toMatchObject({ status: 'completed' });
  expect(await ended(ids.killed)).toMatchObject({
    status: 'killed',
    error: { message: expect.stringContaining(SECRET) },
  });
  expect(await ended(ids.fails)).toMatchObject({
    status: 'failed',
    reason: 'model_error',
    error: { message: expect.stringContaining(`bad ${SECRET}`) },
  });
  expect((await output(agents, { agent_id: ids.answers })).text).toBe(`answer ${SECRET}`);

  const bytes = written();
  expect(bytes.includes(ids.answers)).toBe(true);
  expect(occursIn(bytes, SECRET)).toBe(false);
  expect(await triesOf(ids.answers)).toEqual(['search']);
}, 120_000);

it('what was stored before there was a key is read as before', async () => {
  expect((await output(agents, { agent_id: before })).text).toBe(`answer ${OPEN}`);
  const { agents: rows } = await list(agents, { scope: 'workspace' });
  expect(rows.map(({ task }) => task)).toEqual(
    expect.arrayContaining([`open ${OPEN}`, `fails ${SECRET}`, `killed ${SECRET}`]),
  );
});

it('a rotated key is taken up by the running service, and the old one still reads', async () => {
  const { stdout } = await product.bga('config', 'new-encryption-key', '--json');
  const { key_id: keyId } = JSON.parse(stdout);
  agents = await product.openSession();
  models.script('rotated', [{ text: 'with a new key' }]);
  const id = await explore('rotated');
  expect(await ended(id)).toMatchObject({ status: 'completed' });
  expect(keyIdsOf(await rawHistory(id))).toEqual([keyId]);
  expect((await list(agents, { scope: 'workspace' })).agents).toHaveLength(6);
  expect(await product.bga('doctor')).toMatchObject({ code: 0 });
});

it('without its key an agent waits, what it needs is named, and nothing is lost', async () => {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  models.script('patient', async (turn) => {
    if (turn === 0) return { tool: { name: 'read_file', input: { path: 'a.txt' } } };
    await answered;
    return { text: 'it was worth waiting' };
  });
  const id = await explore('patient');
  await until(async () => {
    const { progress } = await status(agents, id);
    return progress.turn === 1 && progress.activity.startsWith('asking ');
  });
  const aside = `${keysPath(product.home)}.aside`;
  renameSync(keysPath(product.home), aside);
  // The next worker knows no key.
  process.kill(product.workerPid(), 'SIGKILL');
  answer();

  const strangers = await product.openSession();
  await expect(status(strangers, id)).rejects.toThrow(/encrypted with key [0-9a-f]{12}, which is not here/);
  const rows = (await list(strangers, { scope: 'workspace' })).agents;
  expect(rows).toHaveLength(7);
  expect(rows.find((row) => row.agent_id === id)?.task).toMatch(/^This is encrypted with key/);
  expect(rows.find((row) => row.agent_id === before)?.task).toBe(`open ${OPEN}`);
  // Whoever has the key sees why it does not go on.
  await until(
    async () => (await status(agents, id)).progress.activity.includes('encrypted with key'),
    90_000,
  );
  expect((await status(agents, id)).status).toBe('running');

  renameSync(aside, keysPath(product.home));
  expect(await ended(id)).toMatchObject({ status: 'completed', progress: { turn: 2, tool_calls: 1 } });
  expect((await output(agents, { agent_id: id })).text).toBe('it was worth waiting');
}, 240_000);

/** Titles of tool calls, as the Web UI's timeline shows them: they cannot be encrypted. */
async function triesOf(agentId: string): Promise<string[]> {
  const { events } = await agents.temporal.client.workflow.getHandle(agentId).fetchHistory();
  return (events ?? []).flatMap((event) => triedType(event) ?? []);
}

async function rawHistory(agentId: string): Promise<string> {
  const { client } = agents.temporal;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId: agentId },
  });
  return JSON.stringify(history);
}

/** Of all payloads in it. */
function keyIdsOf(history: string): string[] {
  const ids = [...history.matchAll(/"encryption-key-id":"([^"]+)"/g)];
  return [...new Set(ids.map(([, id = '']) => Buffer.from(id, 'base64').toString()))];
}
