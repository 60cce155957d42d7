/** Agents that ask: whoever waits learns of it, an answer lets them go on, and so does its absence. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill, list, output, resume, send, spawn, spawnAndWait, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { type ModelServer, type Step, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url });
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\n');
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

const ask = (question: string, options?: string[]) => ({
  name: 'ask',
  input: { question, ...(options ? { options } : {}) },
});
const read = { name: 'read_file', input: { path: 'a.txt' } };

/** As this test's agents, which go on without an answer after so long. */
function impatient(askTimeoutMs: number): AgentsContext {
  const { agents } = product;
  return { ...agents, config: { ...agents.config, limits: { ...agents.config.limits, askTimeoutMs } } };
}

async function spawned(task: string, steps: Step[], context = product.agents, more: object = {}) {
  models.script(task, steps);
  return (await spawn(context, { task, agent_type: 'explore', ...more })).agent_id;
}

const asks = (agent_id: string, text: string) =>
  until(async () => (await status(product.agents, agent_id)).question?.text === text);
const full = async (agent_id: string) =>
  (await output(product.agents, { agent_id, view: 'full', max_chars: 40_000 })).text.split('\n');

it('ends a wait, stands in status and list, and goes on with the answer', async () => {
  const id = await spawned('which-port', [
    { tools: [read, ask('Which port?', ['80', '443'])] },
    { text: 'done' },
  ]);
  const waited = await wait(product.agents, { agent_ids: [id], timeout_ms: 55_000 });
  expect(waited).toMatchObject({
    finished: [],
    unfinished: [
      { agent_id: id, status: 'waiting', question: { text: 'Which port?', options: ['80', '443'] } },
    ],
    timed_out: false,
  });
  const now = await status(product.agents, id);
  expect(now).toMatchObject({ status: 'waiting', progress: { turn: 1 }, usage: { input_tokens: 100 } });
  const { asked_at: askedAt = '', answer_by: answerBy = '' } = now.question ?? {};
  expect(Date.parse(answerBy) - Date.parse(askedAt)).toBe(86_400_000);
  const listed = await until(async () => {
    const found = await list(product.agents, { status: 'waiting' });
    return found.agents.find((agent) => agent.agent_id === id);
  });
  expect(listed).toMatchObject({ question: now.question });
  expect((await resume(product.agents, [id])).agents).toMatchObject([{ resumed: false }]);
  expect(await send(product.agents, { agent_id: id, message: '443, of course' })).toMatchObject({
    delivered: 'answered',
    turn: 2,
  });
  expect((await wait(product.agents, { agent_ids: [id] })).finished).toMatchObject([{ result: 'done' }]);
  expect(await full(id)).toEqual([
    '[question] Which port? (80 | 443)',
    '› 443, of course',
    '[tool] read_file a.txt → 2 lines',
    'done',
  ]);
  const sent = JSON.stringify(models.journal().at(-1)?.body);
  expect(sent).toContain('443, of course');
});

it('asks the questions of one turn in order, and keeps further messages for the next', async () => {
  const id = await spawned('two-asks', [{ tools: [ask('First?'), ask('Second?')] }, { text: 'done' }]);
  await asks(id, 'First?');
  await send(product.agents, { agent_id: id, message: 'one' });
  await asks(id, 'Second?');
  await send(product.agents, { agent_id: id, message: 'two' });
  await wait(product.agents, { agent_ids: [id] });
  expect(await full(id)).toEqual(['[question] First?', '› one', '[question] Second?', '› two', 'done']);
});

it('goes on with its best assumption when nobody answers, and its own time stands still meanwhile', async () => {
  const id = await spawned('nobody', [{ tool: ask('Anybody?') }, { text: 'assumed' }], impatient(2_000), {
    timeout_ms: 1_500,
  });
  expect((await wait(product.agents, { agent_ids: [id] })).unfinished).toHaveLength(1);
  await until(async () => (await status(product.agents, id)).status === 'completed');
  expect(await full(id)).toEqual([
    '[question] Anybody?',
    '[note] no answer within 2 s: goes on with its best assumption',
    'assumed',
  ]);
  expect(JSON.stringify(models.journal().at(-1)?.body)).toContain('Nobody answered within 2 s.');
});

it('is killed while it asks, and then goes on when it is sent a message', async () => {
  const id = await spawned('killed-asking', [{ tool: ask('Now?') }, { text: 'went on' }]);
  await asks(id, 'Now?');
  expect(await kill(product.agents, id)).toMatchObject({ status: 'killed' });
  expect((await status(product.agents, id)).question).toBeUndefined();
  await send(product.agents, { agent_id: id, message: 'never mind' });
  await until(async () => (await status(product.agents, id)).status === 'completed');
  expect((await full(id)).slice(-2)).toEqual(['› never mind', 'went on']);
});

it('says what is no question, stops one that repeats itself, and asks nothing when messages wait', async () => {
  const bad = await spawned('bad-ask', [
    { tool: { name: 'ask', input: { question: ' ' } } },
    { text: 'done' },
  ]);
  const same = { tool: ask('Again?') };
  const loop = await spawned('loop-ask', [same, same, same, same, same], impatient(1_000));
  await until(async () => (await status(product.agents, loop)).reason === 'loop');
  await until(async () => (await status(product.agents, bad)).status === 'completed');
  expect(await full(bad)).toEqual([
    expect.stringMatching(/^\[tool\] ask.* → failed: Nothing was asked/),
    'done',
  ]);
  models.script('moot', async (turn) => {
    if (turn > 0) return { text: 'done' };
    await until(() => isSent);
    return { tool: ask('What?') };
  });
  let isSent = false;
  const { agent_id: moot } = await spawn(product.agents, { task: 'moot', agent_type: 'explore' });
  await until(() => models.requests('moot').length > 0);
  await send(product.agents, { agent_id: moot, message: 'this' });
  isSent = true;
  await until(async () => (await status(product.agents, moot)).status === 'completed');
  expect(await full(moot)).toEqual(['[tool] ask What? → 1 line', '› this', 'done']);
});

it('is not given the tool where that is configured', async () => {
  const id = await spawned('no-ask', [{ tool: ask('May I?') }, { text: 'done' }], impatient(0));
  await until(async () => (await status(product.agents, id)).status === 'completed');
  expect((await full(id))[0]).toContain('There is no tool "ask"');
});

it('comes back from a spawn in the foreground', async () => {
  models.script('front', [{ tool: ask('Which?') }, { text: 'done' }]);
  const result = await spawnAndWait(product.agents, { task: 'front', agent_type: 'explore' }, {});
  expect(result).toMatchObject({ status: 'waiting', question: { text: 'Which?' } });
  await kill(product.agents, result.agent_id);
});

it('is answered from the command line', async () => {
  const id = await spawned('at-a-shell', [{ tool: ask('Which?') }, { text: 'done' }]);
  await asks(id, 'Which?');
  expect((await product.bga('status', id)).stdout).toContain('asks: Which?');
  expect(await product.bga('wait', id)).toMatchObject({
    code: 4,
    stdout: expect.stringContaining('asks  Which?'),
  });
  expect((await product.bga('list')).stdout).toContain('asks: Which?');
  const sent = await product.bga('send', id, 'that', 'one', '--json');
  expect(JSON.parse(sent.stdout)).toMatchObject({ agent_id: id, delivered: 'answered' });
  expect(await product.bga('wait', id)).toMatchObject({ code: 0 });
});
