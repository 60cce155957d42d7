/** What `bga cost` says of agents in every state, against what their statuses say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costUsd, priceFor } from '../../activities/model/pricing';
import type { CostResult } from '../../src/agents';
import { kill, type SpawnRequest, spawn, status, wait } from '../../src/agents';
import { NO_USAGE } from '../../workflows/usage';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

const FILES = 6;
/** Room for four of the files. */
const CONTEXT_TOKENS = 20_000;

let models: ModelServer;
let product: Product;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'let go' });
});

const ids: Record<string, string> = {};

async function start(name: string, request: Partial<SpawnRequest> = {}): Promise<string> {
  const context = {
    ...product.agents,
    config: { ...product.agents.config, contextTokens: { 'claude-sonnet-5-5': CONTEXT_TOKENS } },
  };
  const { agent_id } = await spawn(context, { task: name, agent_type: 'explore', ...request });
  ids[name] = agent_id;
  return agent_id;
}

const looking = { tool: { name: 'list_files', input: {} } };

beforeAll(async () => {
  models = await startModelServer();
  models.script('quick', [looking, { text: 'the answer', inputTokens: 1_234, outputTokens: 56 }]);
  models.script('refuses', [{ text: 'I cannot.', stopReason: 'refusal' }]);
  models.script('is held', (turn) => (turn === 0 ? looking : held));
  models.script('runs on', (turn) => (turn === 0 ? looking : held));
  models.script('is cut off', (turn) => (turn === 0 ? looking : held));
  models.script('falls', (turn) => (turn === 0 ? looking : { text: 'second best' }));
  models.fail({ marker: 'falls', turn: 1, status: 529, type: 'overloaded_error', times: 3 });
  models.script('compacted', (_, { messages }) => {
    const told = JSON.stringify(messages);
    if (told.includes('<transcript>')) return { text: 'Notes.', inputTokens: 2_000, outputTokens: 20 };
    const read = told.match(/file-(\d)\.txt\\*"\}/g) ?? [];
    const next = read.length === 0 ? 0 : Number(read.at(-1)?.match(/\d/)?.[0]) + 1;
    if (next === FILES) return { text: 'read them all' };
    const inputTokens = Math.round(told.length / 3.5);
    // What it says itself cannot be dropped, only summarised.
    const text = 'y'.repeat(4_000);
    return { text, tool: { name: 'read_file', input: { path: `file-${next}.txt` } }, inputTokens };
  });
  product = await startProduct({
    modelUrl: models.url,
    env: { BGA_FALLBACK_TO: 'opus=sonnet', BGA_FALLBACK_AFTER_MS: '1000' },
  });
  for (let file = 0; file < FILES; file += 1)
    writeFileSync(join(product.workspace, `file-${file}.txt`), `${'x'.repeat(99)}\n`.repeat(60));
  await Promise.all([
    start('quick'),
    start('refuses', { agent_type: 'review' }),
    start('is held'),
    start('runs on', { model: 'sonnet' }),
    start('is cut off'),
    start('falls', { model: 'opus' }),
    start('compacted', { model: 'sonnet', lifetime: 'detached' }),
  ]);
  const ended = ['quick', 'refuses', 'falls', 'compacted'].map((name) => ids[name] ?? '');
  await until(
    async () => !(await wait(product.agents, { agent_ids: ended, timeout_ms: 20_000 })).timed_out,
    90_000,
  );
  await until(async () =>
    ['is held', 'runs on', 'is cut off'].every((name) => models.requests(name).length >= 2),
  );
  await kill(product.agents, ids['is held'] ?? '');
  await product.agents.temporal.client.workflow.getHandle(ids['is cut off'] ?? '').terminate();
}, 180_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

async function report(...args: string[]): Promise<CostResult> {
  const { code, stdout, stderr } = await product.bga('cost', '--json', ...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

const group = ({ groups }: CostResult, key: string) => groups.find((each) => each.key === key);

it('is the sum of the statuses: of ended, killed, terminated and running agents', async () => {
  const told = await report('--by', 'type');
  const all = await Promise.all(Object.values(ids).map((id) => status(product.agents, id)));
  expect(told).toMatchObject({ agents: 7, open: 1, incomplete: 0, unpriced_models: [] });
  const counted = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'] as const;
  for (const kind of counted)
    expect(told.usage[kind]).toBe(all.reduce((sum, { usage }) => sum + usage[kind], 0));
  expect(told.usage.cost_usd).toBeCloseTo(
    all.reduce((sum, { usage }) => sum + usage.cost_usd, 0),
    9,
  );
  expect(told.usage.cost_usd).toBeGreaterThan(0);
  expect(group(told, 'review')?.agents).toBe(1);
  expect(group(told, 'explore')?.agents).toBe(6);
});

it('puts what a fallback and a summary took with the tier that served', async () => {
  const byTier = await report('--by', 'tier');
  const sent = models.requests().filter(({ played }) => played === 'reply');
  const opus = group(byTier, 'opus');
  // One turn, before it fell.
  expect(opus).toMatchObject({ agents: 1, usage: { input_tokens: 100, output_tokens: 10 } });
  const price = priceFor('claude-opus-5-5', product.agents.config.prices);
  expect(opus?.usage.cost_usd).toBeCloseTo(
    costUsd({ ...NO_USAGE, inputTokens: 100, outputTokens: 10 }, price),
    9,
  );
  const summaries = sent.filter(({ marker, model }) => marker === 'compacted' && model.includes('haiku'));
  expect(summaries.length).toBeGreaterThan(0);
  // Quick, held and cut off are of this tier themselves.
  expect(group(byTier, 'haiku')?.agents).toBe(4);
  const falls = await status(product.agents, ids.falls ?? '');
  expect(falls).toMatchObject({ tier: 'sonnet' });
});

it('compares with one tier alone, at its price for the same tokens', async () => {
  const { usage, one_tier_alone: alone } = await report();
  const tokens = {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_tokens,
    cacheWriteTokens: usage.cache_write_tokens,
  };
  for (const { model, cost_usd } of alone)
    expect(cost_usd).toBe(costUsd(tokens, priceFor(model, product.agents.config.prices)));
});

it('shows bars on a terminal and in a pipe alike, without colours', async () => {
  const { code, stdout } = await product.bga('cost', '--by', 'day', '--since', '1d');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Since \d{4}-\d\d-\d\d \d\d:\d\d: 7 agents \(1 not ended\), \$\d/);
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\d +7 +\$0\.\d{4} +█{30}$/m);
  expect(stdout).toMatch(/^opus alone .*█/m);
  expect(stdout).not.toContain('\u001b');
});

it('draws the same into a file', async () => {
  const file = join(product.workspace, 'cost.svg');
  const { stdout } = await product.bga('cost', '--svg', file);
  const drawn = readFileSync(file, 'utf8');
  expect(drawn).toMatch(/^<svg /);
  for (const word of ['explore', 'review', 'opus alone', 'as it was']) expect(drawn).toContain(word);
  expect(drawn).toContain(stdout.split('\n')[0]);
});

const DAY_MS = 86_400_000;
const GONE =
  /^Not in it: what ended before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, which the server does not keep \(30 days\)\.$/m;

it('says what the server does not keep any more, when it was asked about a time before', async () => {
  const asked = await report('--since', '90d');
  expect(asked).toMatchObject({ agents: 7, retention_days: 30, pruned_before: null });
  expect(Date.parse(asked.complete_since ?? '') - Date.parse(asked.since)).toBe(60 * DAY_MS);
  const file = join(product.workspace, 'long.svg');
  const { stdout } = await product.bga('cost', '--since', '90d', '--svg', file);
  const [, line = ''] = stdout.split('\n');
  expect(line).toMatch(GONE);
  expect(readFileSync(file, 'utf8')).toContain(line);
  // Also where there is nothing to add up.
  expect((await product.bga('cost', '--since', '90d', '-t', 'plan')).stdout).toMatch(GONE);
});

it('says nothing of it when all of that time is kept', async () => {
  const asked = await report('--since', '7d');
  expect(asked.complete_since).toBe(asked.since);
  expect((await product.bga('cost', '--since', '7d')).stdout).not.toContain('Not in it');
});

it('counts only what was asked for', async () => {
  expect(await report('-t', 'review')).toMatchObject({ agents: 1 });
  expect((await product.bga('cost', '-t', 'review')).stdout).toMatch(/^Since .{16}: 1 agent, /);
  expect(await report('--since', '2026-01-01')).toMatchObject({ agents: 7 });
  expect(await report('--scope', 'session')).toMatchObject({ agents: 0, groups: [] });
});

it.each([
  [['--since', 'yesterday'], '--since: expected a span such as 90m, 12h, 7d or 2w, or a date'],
  [['--by', 'colour'], '--by: expected one of type, tier, session, day'],
  [['--scope', 'here'], '--scope: expected one of session, workspace, all'],
  [['--svg', '/dev/null/a.svg'], '/dev/null/a.svg cannot be written'],
])('refuses %s', async (args, says) => {
  const { code, stdout, stderr } = await product.bga('cost', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
});
