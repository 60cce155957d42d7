/** A worker's metrics after agents of every ending, and what the dashboard asks of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill, output, spawn, status, wait } from '../../src/agents';
import type { StatusResult } from '../../src/agents/results';
import { readyService } from '../../src/local';
import { localPaths } from '../../src/local/paths';
import { type ModelServer, type Step, startModelServer } from '../support/modelServer';
import { type Product, runBga, startProduct, until } from '../support/product';
import { ROOT } from '../support/root';
import { type Exposition, parseExposition, type Sample, sum, valuesOf } from './exposition';

/** More than any label may have values. */
const FILES = 120;
const PATIENCE_MS = 60_000;

const workspace = mkdtempSync(join(tmpdir(), 'bga-metrics-'));
let models: ModelServer;
let product: Product;
let release: () => void = () => undefined;
const held = new Promise<Step>((resolve) => {
  release = () => resolve({ text: 'let go' });
});
const ended: StatusResult[] = [];
let running: StatusResult;
let begun: Exposition;

beforeAll(async () => {
  for (let file = 0; file < FILES; file += 1) writeFileSync(join(workspace, `canary-${file}.txt`), 'text\n');
  models = await startModelServer();
  const reads = Array.from({ length: FILES }, (_, file) => ({
    name: 'read_file',
    input: { path: `canary-${file}.txt` },
  }));
  models.script('reads', [
    { tools: reads.slice(0, FILES / 2), inputTokens: 1_000, outputTokens: 50 },
    { tools: reads.slice(FILES / 2) },
    { text: 'read' },
  ]);
  models.script('errs', [
    { tool: { name: 'read_file', input: { path: 'missing.txt' } } },
    { text: 'not there', inputTokens: 7 },
  ]);
  models.script('refuses', [{ text: 'I cannot.', stopReason: 'refusal' }]);
  models.script('limited', [{ text: 'at last' }]);
  models.script('held', () => held);
  models.script('goes on', () => held);
  models.fail({ marker: 'limited', status: 429, retryAfterS: 1 });
  models.fail({ marker: 'broken', status: 400, message: 'no such thing' });
  models.script('broken', [{ text: 'never' }]);
  product = await startProduct({ modelUrl: models.url, workspace, env: { BGA_METRICS_PORT: '0' } });
  // Nobody has worked yet.
  begun = await scrape();
  const start = async (task: string, agent_type: string) =>
    (await spawn(product.agents, { task, agent_type })).agent_id;
  const ids = await Promise.all([
    start('reads a lot: CANARY', 'explore'),
    start('errs', 'review'),
    start('refuses', 'explore'),
    start('limited', 'audit'),
    start('broken', 'explore'),
  ]);
  const stopped = await start('held', 'plan');
  const open = await start('goes on', 'research');
  await until(() => models.requests('held').length === 1 && models.requests('goes on').length === 1);
  await kill(product.agents, stopped, 'no longer needed');
  const all = [...ids, stopped];
  await until(
    async () => !(await wait(product.agents, { agent_ids: all, timeout_ms: 20_000 })).timed_out,
    PATIENCE_MS,
  );
  ended.push(...(await Promise.all(all.map((id) => status(product.agents, id)))));
  running = await status(product.agents, open);
}, 180_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
  rmSync(workspace, { recursive: true, force: true });
});

/** Where the worker that started last says that it answers. */
function metricsUrl(): string {
  const log = readFileSync(localPaths(product.home).workerLog, 'utf8');
  return [...log.matchAll(/metrics at (\S+\/metrics)/g)].at(-1)?.[1] ?? '';
}

async function scrape(): Promise<Exposition> {
  const answer = await fetch(metricsUrl());
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return parseExposition(await answer.text());
}

it('shows before anything happened all that is known to be counted, at 0', async () => {
  const own = (now: Exposition) =>
    now.samples.filter(({ name }) => /^bga_(agents_|agent_|model_|tool_).*_(total|count)$/.test(name));
  const seriesOf = ({ name, labels }: Sample) => `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
  const atFirst = own(begun);
  expect(atFirst.filter(({ value }) => value !== 0)).toEqual([]);
  const known = new Set(atFirst.map(seriesOf));
  const counted = own(await scrape()).filter(({ value }) => value > 0);
  expect(counted.length).toBeGreaterThan(20);
  expect(counted.map(seriesOf).filter((series) => !known.has(series))).toEqual([]);
});

describe('after agents of every ending', () => {
  let samples: Sample[];
  let types: Exposition['types'];
  beforeAll(async () => {
    // Visibility shows each ending a moment later.
    ({ samples, types } = await until(async () => {
      const now = await scrape();
      return sum(now.samples, 'bga_agents', { status: 'running' }) === 1 ? now : undefined;
    }, PATIENCE_MS));
  }, PATIENCE_MS);

  it('counts each agent once, by type, tier, status and reason', () => {
    expect(ended.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'completed answered',
      'completed answered',
      'failed refusal',
      'completed answered',
      'failed model_error',
      'killed killed',
    ]);
    const counted = samples
      .filter(({ name, value }) => name === 'bga_agents_ended_total' && value > 0)
      .map(({ labels, value }) => ({ ...labels, value }));
    const expected = ended.map(({ agent_type, tier, status, reason }) => ({
      agent_type,
      tier,
      status,
      reason,
      value: 1,
    }));
    expect(counted).toHaveLength(expected.length);
    expect(counted).toEqual(expect.arrayContaining(expected));
    expect(sum(samples, 'bga_agents_started_total')).toBe(ended.length + 1);
    expect(sum(samples, 'bga_agents_started_total', { agent_type: 'research' })).toBe(1);
    expect(sum(samples, 'bga_agent_duration_seconds_count')).toBe(ended.length);
    expect(sum(samples, 'bga_agent_start_wait_seconds_count')).toBe(ended.length + 1);
  });

  it('says how many have not ended', () => {
    expect(running.status).toBe('running');
    const open = (state: string) => sum(samples, 'bga_agents', { status: state });
    expect([open('pending'), open('running'), open('waiting')]).toEqual([0, 1, 0]);
  });

  it.each(['haiku', 'sonnet', 'opus'])('counts the tokens and the money of %s as the agents do', (tier) => {
    const ofTier = ended.filter((agent) => agent.tier === tier);
    expect(ofTier.length).toBeGreaterThan(0);
    const total = (key: keyof StatusResult['usage']) =>
      ofTier.reduce((all, { usage }) => all + usage[key], 0);
    const tokens = (kind: string) => sum(samples, 'bga_model_tokens_total', { tier, kind });
    expect(tokens('input')).toBe(total('input_tokens'));
    expect(tokens('output')).toBe(total('output_tokens'));
    expect(tokens('cache_read') + tokens('cache_write')).toBe(
      total('cache_read_tokens') + total('cache_write_tokens'),
    );
    expect(sum(samples, 'bga_model_cost_usd_total', { tier })).toBeCloseTo(total('cost_usd'), 8);
    expect(total('cost_usd')).toBeGreaterThan(0);
  });

  it('tells how model calls went, and how long failed ones rest', () => {
    const calls = (tier: string, outcome: string) =>
      sum(samples, 'bga_model_call_duration_seconds_count', { tier, outcome });
    // Three of the one that reads, and the one that refuses.
    expect(calls('haiku', 'ok')).toBe(4);
    expect(calls('haiku', 'refused')).toBe(1);
    expect(calls('opus', 'rate_limited')).toBe(1);
    expect(calls('opus', 'ok')).toBe(1);
    expect(sum(samples, 'bga_model_call_duration_seconds_count', { outcome: 'aborted' })).toBe(1);
    const rest = { tier: 'opus', kind: 'rate_limited' };
    expect(sum(samples, 'bga_model_retry_wait_seconds_count', rest)).toBe(1);
    expect(sum(samples, 'bga_model_retry_wait_seconds_sum', rest)).toBeGreaterThanOrEqual(1);
  });

  it('counts each tool call once, however it was made', () => {
    const calls = (outcome: string) =>
      sum(samples, 'bga_tool_call_duration_seconds_count', { tool: 'read_file', outcome });
    expect([calls('ok'), calls('error'), calls('failed')]).toEqual([FILES, 1, 0]);
  });

  it('has what Temporal measures, and of calls of a tool only the tool', () => {
    for (const queue of ['model-haiku', 'model-sonnet', 'model-opus'])
      expect(
        sum(samples, 'temporal_activity_schedule_to_start_latency_seconds_count', { task_queue: queue }),
      ).toBeGreaterThan(0);
    const tries = samples.filter(({ name }) => name === 'temporal_local_activity_total');
    expect(valuesOf(tries, 'activity_type')).toEqual(['read_file']);
    expect(sum(tries, 'temporal_local_activity_total')).toBe(FILES + 1);
    expect(valuesOf(samples, 'activity_type').length).toBeLessThan(10);
  });

  it('holds no text, no id and no path in any label', async () => {
    const text = await (await fetch(metricsUrl())).text();
    for (const { agent_id } of [...ended, running]) expect(text).not.toContain(agent_id);
    for (const secret of ['CANARY', 'canary', workspace, 'test-key']) expect(text).not.toContain(secret);
  });

  it('is what the documentation tells of', () => {
    const page = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');
    const told = [...page.matchAll(/`((bga|temporal)_\w+)`/g)].map(([, name = '']) => name);
    const named = told.filter((name) => !name.endsWith('_'));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !types.has(name))).toEqual([]);
    // And of all that this product measures.
    expect([...types.keys()].filter((name) => name.startsWith('bga_') && !named.includes(name))).toEqual([]);
  });

  it('is all that the dashboard asks for', () => {
    const dashboard = readFileSync(join(ROOT, 'deploy', 'grafana.json'), 'utf8');
    const { panels }: Dashboard = JSON.parse(dashboard);
    expect(panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Agents',
      'Money',
      'Models',
      'Tools',
      'Queues',
      'Workers',
    ]);
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(20);
    const known = new Set(samples.map(({ name }) => name));
    const asked = (query: string) => query.match(/\b(bga|temporal|process|nodejs)_\w+/g) ?? [];
    expect(queries.filter((query) => asked(query).length === 0)).toEqual([]);
    expect(queries.flatMap(asked).filter((name) => !known.has(name))).toEqual([]);
    // And of labels nothing that these metrics do not have.
    const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
    const grouped = queries.flatMap((query) =>
      [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', ')),
    );
    expect(grouped.filter((label) => label !== 'instance' && !labels.has(label))).toEqual([]);
  });
});

interface Dashboard {
  panels: { type: string; title: string; targets?: { expr: string }[] }[];
}

it('answers nothing else', async () => {
  const url = metricsUrl();
  expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

it('counts no ending anew when another worker replays it', async () => {
  const before = metricsUrl();
  process.kill(product.workerPid(), 'SIGKILL');
  await until(() => metricsUrl() !== before, PATIENCE_MS);
  const [first] = ended;
  await output(product.agents, { agent_id: first?.agent_id ?? '', view: 'full' });
  // It was never asked anything else, so that this is a replay.
  const replayed = { workflow_type: 'agent' };
  await until(
    async () =>
      sum((await scrape()).samples, 'temporal_workflow_task_execution_latency_seconds_count', replayed) > 0,
  );
  const endings = (await scrape()).samples.filter(({ name }) => name === 'bga_agents_ended_total');
  expect(endings.filter(({ value }) => value > 0)).toEqual([]);
  release();
  const { samples } = await until(async () => {
    const now = await scrape();
    return sum(now.samples, 'bga_agents_ended_total') > 0 ? now : undefined;
  }, PATIENCE_MS);
  expect(sum(samples, 'bga_agents_ended_total', { agent_type: running.agent_type, reason: 'answered' })).toBe(
    1,
  );
  expect(sum(samples, 'bga_agents_ended_total')).toBe(1);
  expect(sum(samples, 'bga_agents_started_total')).toBe(0);
}, 180_000);

it('says so when its port is taken or is none', async () => {
  const { address } = readyService(product.home) ?? {};
  const env = { ...product.env, TEMPORAL_ADDRESS: address };
  const { port } = new URL(metricsUrl());
  const taken = await runBga(env, workspace, 'worker', '--queues', 'workspace', '--metrics-port', port);
  expect(taken).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`cannot listen on 127.0.0.1:${port}`),
  });
  const none = await runBga(env, workspace, 'worker', '--metrics-port', '65536');
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--metrics-port: expected a number'),
  });
}, 60_000);
