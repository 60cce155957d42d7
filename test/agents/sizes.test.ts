/** Whatever its size, nothing that an agent is sent, is told or says may bring it to a standstill: against the real server's limits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill, output, type SpawnRequest, spawn, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { type ModelServer, type ScriptOptions, type Step, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

/** Six bytes in JSON. */
const CONTROL = '\u0001';

let models: ModelServer;
let product: Product;
/** Goes on in a new run at each turn, so that everything is carried as well. */
let hurried: AgentsContext;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url });
  hurried = { ...product.agents, historyLimits: { events: 5, bytes: 1_000_000 } };
  writeFileSync(join(product.workspace, 'control.txt'), `${CONTROL.repeat(100)}\n`.repeat(300));
  writeFileSync(join(product.workspace, 'big.txt'), `${'日'.repeat(100)}\n`.repeat(4_000));
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

const LARGE: ScriptOptions = { chunkChars: 200_000 };

async function runToEnd(marker: string, steps: readonly Step[], request: Partial<SpawnRequest> = {}) {
  models.script(marker, steps, LARGE);
  const { agent_id } = await spawn(hurried, { task: marker, agent_type: 'explore', ...request });
  await until(async () => !(await wait(hurried, { agent_ids: [agent_id] })).timed_out, 60_000);
  return { now: await status(hurried, agent_id), agentId: agent_id };
}

it('takes ten results of a megabyte at once', async () => {
  const read = (path: string, from_line: number) => ({ name: 'read_file', input: { path, from_line } });
  const ten = Array.from({ length: 10 }, (_, at) => read(at % 2 === 0 ? 'control.txt' : 'big.txt', at + 1));
  const { now } = await runToEnd('ten-results', [
    { tools: ten },
    { tools: [read('big.txt', 50)] },
    { text: 'done' },
  ]);
  expect(now).toMatchObject({ status: 'completed', progress: { tool_calls: 11 } });
});

it('takes ten calls with a megabyte of arguments, a hundred calls at once, and an answer of two megabytes', async () => {
  const search = (chars: number, at: number) => ({
    name: 'search',
    input: { pattern: `${at}${'x'.repeat(chars)}` },
  });
  const huge = Array.from({ length: 10 }, (_, at) => search(1_000_000, at));
  const many = Array.from({ length: 100 }, (_, at) => search(5, at));
  const { now, agentId } = await runToEnd('huge-reply', [
    { text: 'huge', tools: huge },
    { text: 'many', tools: many },
    { text: 'An answer.\n'.repeat(200_000) },
  ]);
  expect(now).toMatchObject({
    status: 'failed',
    reason: 'max_tokens',
    progress: { turn: 3, tool_calls: 64 },
  });
  const said = await output(hurried, { agent_id: agentId, cursor: 10_000, max_chars: 200 });
  expect(said.text).toMatch(/^An answer.\n/);
  const told = models
    .journal()
    .map(({ body }) => JSON.stringify(body ?? ''))
    .filter((body) => body.includes('huge-reply'));
  expect(told.at(-1)).toContain('Your call of search was cut off');
});

it('takes the largest task there may be, of characters that take the most room', async () => {
  const task = `largest-task ${CONTROL.repeat(99_000)}`;
  const { now } = await runToEnd(
    'largest-task',
    [{ tools: [{ name: 'list_files', input: {} }] }, { text: 'done' }],
    { task },
  );
  expect(now).toMatchObject({ status: 'completed', progress: { turn: 2 } });
});

it('leaves a report of the text so far when it is killed, however long that is', async () => {
  const long = `${'日'.repeat(4_000)}\n`.repeat(30);
  models.script(
    'killed-long',
    (turn) =>
      turn < 3
        ? { text: long, tools: [{ name: 'list_files', input: { path: `p${turn}` } }] }
        : new Promise<Step>(() => undefined),
    LARGE,
  );
  const { agent_id } = await spawn(hurried, { task: 'killed-long', agent_type: 'explore' });
  await until(() => models.requests('killed-long').length > 3);
  await kill(hurried, agent_id);
  const now = await until(async () => {
    const seen = await status(hurried, agent_id);
    return seen.finished_at ? seen : undefined;
  });
  expect(now).toMatchObject({ status: 'killed', progress: { turn: 3 } });
  // Its own lines, and what was noted of its conversation.
  const all = await output(hurried, { agent_id, view: 'full', max_chars: 200 });
  expect(all.line_count).toBeGreaterThanOrEqual(3 * 31);
});
