/** Agents whose conversation outgrows the context of their model. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import { output, type SpawnRequest, spawn, status, wait } from '../../src/agents';
import { loadConfig } from '../../src/config';
import { type ModelServer, type Step, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

/** About 28 KB of conversation: four or five results of 6 KB. */
const CONTEXT_TOKENS = 20_000;
const FILE_CHARS = 6_000;
const TURNS = 14;
/** The turn before an agent of 6,000 tokens has to be compacted. */
const LAST_AFFORDABLE = 1;
const NOTES = 'Notes: file-0 holds xs.';

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url });
  for (let file = 0; file < TURNS; file += 1)
    writeFileSync(
      join(product.workspace, `file-${file}.txt`),
      `${'x'.repeat(99)}\n`.repeat(FILE_CHARS / 100),
    );
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

/** The conversation is cut, so the turn is told by the file that was read last. */
function nextFile(request: ChatCompletionRequest): number {
  const calls = JSON.stringify(request.messages).match(/file-(\d+)\.txt\\*"\}/g) ?? [];
  return calls.length === 0 ? 0 : Number(calls.at(-1)?.match(/\d+/)?.[0]) + 1;
}

const isSummary = (request: ChatCompletionRequest) =>
  JSON.stringify(request.messages).includes('<transcript>');

function reader(request: ChatCompletionRequest): Step {
  if (isSummary(request)) return { text: NOTES, inputTokens: 1_000, outputTokens: 50 };
  const file = nextFile(request);
  if (file === TURNS) return { text: 'read them all' };
  return {
    text: `reading ${file}`,
    tool: { name: 'read_file', input: { path: `file-${file}.txt` } },
    // As a provider would count.
    inputTokens: Math.round(JSON.stringify(request.messages).length / 3.5),
  };
}

async function runToEnd(request: Partial<SpawnRequest> & { task: string }, contextTokens = CONTEXT_TOKENS) {
  const context = {
    ...product.agents,
    config: { ...product.agents.config, contextTokens: { 'claude-haiku-5-5': contextTokens } },
  };
  const { agent_id } = await spawn(context, { agent_type: 'explore', ...request });
  await until(async () => !(await wait(context, { agent_ids: [agent_id] })).timed_out, 60_000);
  const full = await output(context, { agent_id, view: 'full', max_chars: 40_000 });
  return { now: await status(context, agent_id), lines: full.text.split('\n') };
}

const notesIn = (lines: readonly string[]) => lines.filter((line) => line.startsWith('[note]'));

/** A script that keeps what it is sent. */
function script(marker: string, step: (request: ChatCompletionRequest) => Step): ChatCompletionRequest[] {
  const sent: ChatCompletionRequest[] = [];
  models.script(marker, (_, request) => {
    sent.push(request);
    return step(request);
  });
  return sent;
}

const chars = ({ messages }: ChatCompletionRequest) => JSON.stringify(messages).length;

it('goes on within its context, and says in its log what was dropped', async () => {
  const sent = script('outgrown', reader);
  const { now, lines } = await runToEnd({ task: 'outgrown' });
  expect(now).toMatchObject({ status: 'completed', progress: { turn: TURNS + 1, tool_calls: TURNS } });
  expect(lines.filter((line) => line.startsWith('[tool]'))).toHaveLength(TURNS);
  expect(notesIn(lines).length).toBeGreaterThanOrEqual(2);
  expect(notesIn(lines)[0]).toMatch(/^\[note\] conversation compacted: \d+ tool results? dropped/);
  const requests = sent.filter((request) => !isSummary(request));
  expect(Math.max(...requests.map(chars))).toBeLessThan(CONTEXT_TOKENS * 3.5);
  for (const { messages } of requests)
    expect(JSON.stringify(messages.find(({ role }) => role === 'user'))).toContain('outgrown');
  expect(JSON.stringify(requests.at(-1)?.messages)).toContain(
    'dropped to save room; call it again if needed',
  );
});

it('pays for its summaries, and goes on with them', async () => {
  const requests = script('summarised', (request) => {
    const step = reader(request);
    return isSummary(request) || step.tool === undefined
      ? step
      : { ...step, text: 'said much. '.repeat(300) };
  });
  const { now, lines } = await runToEnd({ task: 'summarised' });
  expect(now.status).toBe('completed');
  expect(notesIn(lines).join()).toMatch(/turns? summarised/);
  const summaries = requests.filter(isSummary);
  expect(summaries.length).toBeGreaterThan(0);
  expect(JSON.stringify(requests.at(-1)?.messages)).toContain(NOTES);
  // Ten tokens for each reply of its own, fifty for each summary.
  expect(now.usage.output_tokens).toBe(10 * (TURNS + 1) + 50 * summaries.length);
});

it('goes on without a summary when that fails', async () => {
  const sent = script('unsummarised', (request) => {
    if (isSummary(request)) return { text: '', stopReason: 'refusal' };
    const step = reader(request);
    return step.tool === undefined ? step : { ...step, text: 'said much. '.repeat(300) };
  });
  const { now } = await runToEnd({ task: 'unsummarised' });
  expect(now.status).toBe('completed');
  const requests = sent.filter((request) => !isSummary(request));
  expect(JSON.stringify(requests.at(-1)?.messages)).toContain('- called read_file file-');
});

it('makes no summary that its budget does not hold, and ends as its budget says', async () => {
  const sent = script('unaffordable', (request) => {
    if (isSummary(request)) return { text: NOTES };
    const step = { ...reader(request), text: 'said much. '.repeat(300), inputTokens: 1 };
    // Leaves less than a tenth of a cent just before its conversation is too long.
    return { ...step, outputTokens: nextFile(request) === LAST_AFFORDABLE ? 199_900 : 1 };
  });
  const { now, lines } = await runToEnd({ task: 'unaffordable', max_cost_usd: 1 }, 6_000);
  expect(now).toMatchObject({ status: 'failed', reason: 'budget' });
  expect(now.usage.cost_usd).toBeLessThan(1);
  // It did come to be compacted.
  expect(notesIn(lines).join()).toMatch(/turns? summarised/);
  expect(sent.filter(isSummary)).toEqual([]);
});

it('shortens its conversation and asks again when the API says that it is too long', async () => {
  const sent = script('too-long', reader);
  // Once: the API counts otherwise than we estimate.
  models.fail({
    marker: 'too-long',
    turn: 5,
    status: 400,
    message: 'prompt is too long: 210000 tokens > 200000 maximum',
  });
  const { now, lines } = await runToEnd({ task: 'too-long' }, 200_000);
  expect(now).toMatchObject({ status: 'completed', progress: { turn: TURNS + 1 } });
  expect(notesIn(lines)).toHaveLength(1);
  const [before, after] = [sent[4], sent[5]].map((request) => (request ? chars(request) : 0));
  expect(before).toBeGreaterThan(4 * FILE_CHARS);
  expect(after).toBeLessThan(3 * FILE_CHARS);
});

it('ends as model_error when it cannot be made shorter', async () => {
  models.script('hopeless', [{ text: 'never' }]);
  models.fail({ marker: 'hopeless', status: 413, times: 3 });
  const { now } = await runToEnd({ task: 'hopeless' });
  expect(now).toMatchObject({ status: 'failed', reason: 'model_error' });
  expect(models.requests('hopeless')).toHaveLength(1);
});

it('takes the context of a model from the configuration', () => {
  expect(
    loadConfig({ env: product.env, workspace: product.workspace }).contextTokens['claude-haiku-5-5'],
  ).toBe(200_000);
});
