/** Traces as a collector gets them: from the real exporter, in real workers. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { send, spawn, status } from '../../src/agents';
import { rootIds } from '../../src/traces/ids';
import { connectMcp } from '../mcp/support';
import { runIdsOf } from '../support/activities';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, runBga, startProduct, until } from '../support/product';
import { ROOT } from '../support/root';
import { type Collected, type Collector, startCollector } from './collector';

let models: ModelServer;
let collector: Collector;
let home: string;
let product: Product;

const SENT_AT_ONCE = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '100' };

/** The same service, started anew with these variables. */
async function startWith(env: Record<string, string>): Promise<void> {
  await product?.stop();
  product = await startProduct({ home, modelUrl: models.url, env });
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\nbeta\n');
}

beforeAll(async () => {
  [models, collector] = await Promise.all([startModelServer(), startCollector()]);
  home = mkdtempSync(join(tmpdir(), 'bga-traces-'));
  await startWith({
    ...SENT_AT_ONCE,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
  collector?.stop();
  rmSync(home, { recursive: true, force: true });
});

const read = { name: 'read_file', input: { path: 'a.txt' }, id: 'toolu_read' };
const missing = { name: 'read_file', input: { path: 'secret-plan.txt' }, id: 'toolu_missing' };

async function start(task: string): Promise<string> {
  return (await spawn(product.agents, { task, agent_type: 'explore' })).agent_id;
}

const ended = (id: string) =>
  until(async () => {
    const now = await status(product.agents, id);
    return now.finished_at ? now : undefined;
  }, 60_000);

const isRoot = ({ parentSpanId }: Collected) => !parentSpanId;
const agentOf = ({ attributes }: Collected) => attributes['gen_ai.agent.id'];

/** The trace of an agent, once its root has arrived: the last thing to be sent. */
async function traceOf(id: string): Promise<{ root: Collected; others: Collected[] }> {
  const root = await until(
    () => collector.spans().find((span) => isRoot(span) && agentOf(span) === id),
    30_000,
  );
  const others = collector.spans().filter((span) => span.traceId === root.traceId && span !== root);
  return { root, others };
}

const named = (spans: readonly Collected[], name: string) => spans.filter((span) => span.name === name);
const sum = (spans: readonly Collected[], key: string) =>
  spans.reduce((total, { attributes }) => total + Number(attributes[key] ?? 0), 0);

it('cost a worker that has no collector not even the loading of OpenTelemetry', () => {
  const worker = JSON.stringify(join(ROOT, 'dist', 'src', 'workerProcess.js'));
  const loaded = execFileSync(process.execPath, [
    '-e',
    `require(${worker}); console.log(Object.keys(require.cache).join())`,
  ]);
  expect(loaded.toString()).toContain('@temporalio/worker');
  // The client of the model loads its interfaces in any case.
  expect(loaded.toString()).not.toMatch(/@opentelemetry\/(?!api\/)/);
});

it('are one for each agent: the agent, its model calls and its tool calls, with the figures of its status', async () => {
  models.script('tree', [
    { text: 'looking', tools: [read, missing], inputTokens: 120, outputTokens: 30 },
    { text: 'found it', inputTokens: 250, outputTokens: 40 },
  ]);
  const id = await start('tree: a task that nobody else may read');
  const seen = await ended(id);
  const { root, others } = await traceOf(id);
  expect(root).toMatchObject({
    name: 'invoke_agent explore',
    startTimeUnixNano: Date.parse(seen.created_at),
    status: {},
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.agent.name': 'explore',
      'gen_ai.conversation.id': id,
      'gen_ai.request.model': seen.model,
      'gen_ai.usage.input_tokens': seen.usage.input_tokens,
      'gen_ai.usage.output_tokens': seen.usage.output_tokens,
      'background_agents.status': 'completed',
      'background_agents.reason': 'answered',
      'background_agents.turns': 2,
      'background_agents.tool_calls': 2,
      'background_agents.cost_usd': seen.usage.cost_usd,
    },
    resource: { 'service.name': 'background-agents', 'deployment.environment.name': 'test' },
  });
  // The server closes the agent once its worker has said that it ended.
  expect(root.endTimeUnixNano).toBeLessThanOrEqual(Date.parse(seen.finished_at ?? ''));
  expect(root.endTimeUnixNano).toBeGreaterThanOrEqual(
    Math.max(...others.map((span) => Math.floor(span.endTimeUnixNano))),
  );
  expect(others).toHaveLength(4);
  expect(others.every(({ parentSpanId }) => parentSpanId === root.spanId)).toBe(true);
  const chats = named(others, `chat ${seen.model}`);
  expect(chats.map(({ attributes }) => attributes)).toEqual([
    expect.objectContaining({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': seen.model,
      'gen_ai.response.model': seen.model,
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.output_tokens': 30,
      'gen_ai.response.finish_reasons': ['tool_use'],
      'background_agents.attempt': 1,
    }),
    expect.objectContaining({ 'gen_ai.response.finish_reasons': ['end_turn'] }),
  ]);
  expect(sum(chats, 'gen_ai.usage.input_tokens')).toBe(seen.usage.input_tokens);
  expect(sum(chats, 'gen_ai.usage.output_tokens')).toBe(seen.usage.output_tokens);
  const tools = named(others, 'execute_tool read_file');
  const byCall = new Map(
    tools.map(({ attributes, status: how }) => [attributes['gen_ai.tool.call.id'], { attributes, how }]),
  );
  expect(byCall.get('toolu_read')?.attributes).not.toHaveProperty(['error.type']);
  expect(byCall.get('toolu_missing')).toMatchObject({
    attributes: { 'error.type': 'tool_error' },
    how: { code: 2 },
  });
  expect(JSON.stringify(collector.spans())).not.toMatch(/nobody else|found it|alpha|secret-plan/);
  expect(collector.headers().every((headers) => headers['x-tenant'] === 'blue')).toBe(true);
});

it('hold each try of a model call, with what the provider answered', async () => {
  models.script('busy', [{ text: 'done' }]);
  models.fail({ marker: 'busy', status: 529 });
  const id = await start('busy');
  await ended(id);
  const { others } = await traceOf(id);
  expect(
    others.map(({ attributes, status: { code } }) => [
      attributes['background_agents.attempt'],
      attributes['error.type'],
      code,
    ]),
  ).toEqual([
    [1, '529', 2],
    [2, undefined, 0],
  ]);
});

it('say why an agent failed', async () => {
  models.script('refused', [{ text: '', stopReason: 'refusal' }]);
  const id = await start('refused');
  await ended(id);
  const { root } = await traceOf(id);
  expect(root).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'refusal' } });
});

it('go on with the agent when a message lets it: its new time is a span of its own in the same trace', async () => {
  models.script('again', [{ text: 'first' }, { text: 'second', inputTokens: 300 }]);
  const id = await start('again');
  const before = await ended(id);
  const { root } = await traceOf(id);
  await send(product.agents, { agent_id: id, message: 'and more?' });
  const more = await until(
    () =>
      named(collector.spans(), 'invoke_agent explore').find((span) => agentOf(span) === id && !isRoot(span)),
    30_000,
  );
  const after = await ended(id);
  expect(more).toMatchObject({ traceId: root.traceId, parentSpanId: root.spanId });
  expect(more.startTimeUnixNano).toBeGreaterThanOrEqual(root.endTimeUnixNano);
  expect(more.attributes['gen_ai.usage.input_tokens']).toBe(
    after.usage.input_tokens - before.usage.input_tokens,
  );
  expect(collector.spans().filter((span) => isRoot(span) && agentOf(span) === id)).toHaveLength(1);
});

it('stay one when an agent goes on in new runs of its workflow', async () => {
  const reads = [1, 2, 3].map((turn) => ({
    text: `turn ${turn}`,
    tool: { ...read, input: { path: 'a.txt', from_line: turn } },
  }));
  models.script('long', [...reads, { text: 'done' }]);
  const context = { ...product.agents, historyLimits: { events: 12, bytes: 1_000_000 } };
  const id = (await spawn(context, { task: 'long', agent_type: 'explore' })).agent_id;
  const seen = await ended(id);
  expect((await runIdsOf(product.agents, id)).length).toBeGreaterThan(1);
  const { root, others } = await traceOf(id);
  expect(named(others, `chat ${seen.model}`)).toHaveLength(4);
  expect(root.startTimeUnixNano).toBe(Date.parse(seen.created_at));
  expect(root.attributes['background_agents.turns']).toBe(4);
  expect(collector.spans().filter((span) => agentOf(span) === id)).toHaveLength(1);
});

describe('link to the trace of whoever spawned the agent', () => {
  const traceId = 'a'.repeat(32);
  const link = { traceId, spanId: 'b'.repeat(16) };
  const traceparent = `00-${traceId}-${link.spanId}-01`;

  it('by TRACEPARENT, from the command line', async () => {
    models.script('child', [{ text: 'done' }]);
    const env = { ...product.env, TRACEPARENT: traceparent };
    const { stdout } = await runBga(env, product.workspace, 'spawn', '-t', 'explore', 'child');
    expect((await traceOf(stdout.trim())).root.links).toEqual([link]);
  });

  it('by _meta, from a client of MCP; not by what is none', async () => {
    models.script('meta', [{ text: 'done' }]);
    const { client, close } = await connectMcp(product);
    const spawned = async (given: string) => {
      const { structuredContent } = await client.callTool({
        name: 'agent_spawn',
        arguments: { task: 'meta', agent_type: 'explore', lifetime: 'detached' },
        _meta: { traceparent: given },
      });
      return String(Object(structuredContent).agent_id);
    };
    const ids = [await spawned(traceparent), await spawned('00-nonsense')];
    await close();
    const roots = await Promise.all(ids.map(traceOf));
    expect(roots.map(({ root }) => root.links)).toEqual([[link], []]);
  });
});

it('are one also of an agent whose worker is killed in the middle of it', async () => {
  models.script('killed', [
    { text: 'one', tool: read },
    { text: 'two', tool: { ...read, id: 'toolu_2' }, latencyMs: 1_500 },
    { text: 'three' },
  ]);
  const id = await start('killed');
  const first = await until(
    () => collector.spans().find(({ attributes }) => attributes['gen_ai.conversation.id'] === id),
    30_000,
  );
  process.kill(product.workerPid(), 'SIGKILL');
  const seen = await ended(id);
  const { root, others } = await traceOf(id);
  expect(seen.status).toBe('completed');
  expect(root.traceId).toBe(first.traceId);
  expect(root.attributes).toMatchObject({
    'background_agents.turns': 3,
    'gen_ai.usage.input_tokens': seen.usage.input_tokens,
  });
  expect(named(others, `chat ${seen.model}`).length).toBeGreaterThanOrEqual(3);
  expect(others.every(({ parentSpanId }) => parentSpanId === root.spanId)).toBe(true);
}, 120_000);

it('hold nothing up where no collector takes them, and are sent before a worker ends where one does', async () => {
  const { url, stop } = await startCollector();
  stop();
  await startWith({
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    // Sent once there are four, else at the end.
    OTEL_BSP_SCHEDULE_DELAY: '600000',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'span_only',
  });
  models.script('alone', [{ text: 'looking', tool: read }, { text: 'done' }]);
  models.script('heard', [{ text: 'the answer' }]);
  for (const task of ['alone', 'alone again'])
    expect((await ended(await start(task))).status).toBe('completed');
  await until(() => complaints().length > 0, 30_000);
  expect(complaints()).toEqual([expect.stringContaining('could not be delivered')]);

  const late = await startCollector(Number(new URL(url).port));
  const id = await start('heard at last');
  await ended(id);
  await product.bga('down');
  const spans = late.spans().filter(({ traceId }) => traceId === rootIds(id).traceId);
  late.stop();
  expect(spans.map(({ name }) => name.split(' ')[0])).toEqual(['chat', 'invoke_agent']);
  for (const text of ['heard at last', 'the answer']) expect(JSON.stringify(spans)).toContain(text);
}, 120_000);

/** What the worker has to say of its traces. */
function complaints(): string[] {
  const log = readFileSync(join(home, 'logs', 'worker.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('traces:'));
}
