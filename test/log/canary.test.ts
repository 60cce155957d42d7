/**
 * Secrets that are marked, in all that the product writes while it runs for real: its state, its logs, histories as they are and
 * decoded, what commands print. The model server gives the key back wherever it can.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output, spawn, status, wait } from '../../src/agents';
import { openKeyring, transcodeWith } from '../../src/codec';
import { endAll, startBga } from '../cli/process';
import { type Product, startProduct, until } from '../support/product';
import {
  errorEvent,
  messageEnd,
  messageStart,
  type RawModelServer,
  type RawReply,
  type RawRequest,
  startRawModelServer,
  textEvents,
  toolEvents,
} from '../support/rawModelServer';

const API_KEY = 'canary-api-key-4711-of-the-model';
const TEMPORAL_KEY = 'canary-temporal-key-4711';
const HTTP_TOKEN = 'canary-http-token-4711';
const ENCRYPTION_KEY = Buffer.from('canary-encryption-key-of-32-byte');
const SPELLINGS = (['base64', 'base64url', 'hex'] as const).map((each) => ENCRYPTION_KEY.toString(each));
/** Those that the local worker was given, … */
const HELD = [API_KEY, HTTP_TOKEN, ...SPELLINGS];
/** … and one that only a worker of a fleet was. */
const SECRETS = [...HELD, TEMPORAL_KEY];

const JSON_TYPE = { 'content-type': 'application/json' };
const ACCEPTS = { accept: 'application/json, text/event-stream' };
const told = (status: number, message: string, type = `type-${API_KEY}`): RawReply => ({
  status,
  headers: { ...JSON_TYPE, 'request-id': `req-${API_KEY}` },
  events: [JSON.stringify({ type: 'error', error: { type, message } })],
});
const said = (...events: NonNullable<RawReply['events']>): RawReply => ({
  events: [messageStart(), ...events],
});
const answer = (text: string) => said(...textEvents(0, text), ...messageEnd('end_turn'));
const toolCall = (name: string, input: object) =>
  said(...toolEvents(0, 'toolu_1', name, JSON.stringify(input)), ...messageEnd('tool_use'));

/** What the model does, by the task: each first turn gives the key back in another way. */
const FIRST_TURNS: Record<string, (request: RawRequest) => RawReply> = {
  rejected: ({ headers }) => told(401, `invalid key: ${headers.authorization}`),
  refused: ({ headers }) => told(400, `what are these? ${[headers.authorization, JSON.stringify(headers)]}`),
  'fails in its stream': () => said(errorEvent(`invalid_request_error`, `bad key ${API_KEY}`)),
  'stops oddly': () => said(...textEvents(0, 'so'), ...messageEnd(API_KEY)),
  'says it': () =>
    said(
      ...textEvents(0, `your key is ${API_KEY.slice(0, 15)}`, `${API_KEY.slice(15)}, keep it`),
      ...messageEnd('end_turn'),
    ),
  'looks for it': () => toolCall('search', { pattern: API_KEY }),
  'reads it': () => toolCall('read_file', { path: 'leaked.ts' }),
  'misses a file': () => toolCall('read_file', { path: `no/${API_KEY}` }),
  'calls what is not there': () => toolCall(`tool-${API_KEY}`, { key: API_KEY }),
};

function reply(request: RawRequest): RawReply {
  if (request.body === '') return told(401, `no list for ${request.headers.authorization}`);
  const task = Object.keys(FIRST_TURNS).find((each) => request.body.includes(`task: ${each}`)) ?? '';
  const isFirstTurn = !request.body.includes('"role":"assistant"');
  return (isFirstTurn && FIRST_TURNS[task]?.(request)) || answer(`done with ${API_KEY}`);
}

let models: RawModelServer;
let product: Product;
let env: NodeJS.ProcessEnv;
const workspace = mkdtempSync(join(tmpdir(), 'bga-canary-'));
const ids: Record<string, string> = {};
const printed: string[] = [];

beforeAll(async () => {
  writeFileSync(join(workspace, 'leaked.ts'), HELD.map((secret) => `const key = '${secret}';`).join('\n'));
  models = await startRawModelServer(reply);
  product = await startProduct({
    modelUrl: models.url,
    workspace,
    env: {
      ANTHROPIC_API_KEY: API_KEY,
      BGA_ENCRYPTION_KEY: ENCRYPTION_KEY.toString('base64'),
      BGA_HTTP_TOKEN: HTTP_TOKEN,
      BGA_LOG_FORMAT: 'json',
      BGA_LOG_LEVEL: 'trace',
    },
  });
  env = product.env;
  const start = async (task: string) => {
    const spawned = await spawn(product.agents, {
      task: `task: ${task}`,
      agent_type: 'explore',
      model: 'haiku',
    });
    ids[task] = spawned.agent_id;
  };
  await Promise.all(Object.keys(FIRST_TURNS).map(start));
  const ending = Object.entries(ids).flatMap(([task, id]) => (task === 'rejected' ? [] : [id]));
  await until(
    async () => !(await wait(product.agents, { agent_ids: ending, timeout_ms: 20_000 })).timed_out,
    90_000,
  );
  await until(async () => (await status(product.agents, idOf('rejected'))).status === 'waiting');
}, 180_000);

afterAll(async () => {
  endAll();
  await product?.stop();
  await models?.stop();
  rmSync(workspace, { recursive: true, force: true });
});

const idOf = (task: string) => ids[task] ?? '';

/** The names of the secrets' places, not the secrets: a failing test must not print what it found either. */
function found(text: string): string[] {
  return SECRETS.flatMap((secret, index) => {
    const at = text.indexOf(secret);
    return at < 0 ? [] : [`secret ${index} after: ${text.slice(Math.max(0, at - 60), at)}`];
  });
}

it('plays what it is to play: each way to give the key away was taken, and told without the key', async () => {
  const tells = async (task: string) => {
    const now = await status(product.agents, idOf(task));
    const { text } = await output(product.agents, { agent_id: idOf(task), view: 'full' });
    return `${now.status} ${now.reason ?? ''} ${now.error?.message ?? now.progress.activity} ${text}`;
  };
  expect(await tells('rejected')).toMatch(/waiting .*rejected \(401: invalid key: Bearer \[redacted\]\)/);
  expect(await tells('refused')).toMatch(/failed model_error .*\(400: what are these\? .*\[redacted\]/);
  expect(await tells('fails in its stream')).toMatch(/failed model_error .*bad key \[redacted\]/);
  expect(await tells('stops oddly')).toMatch(/failed model_error .*not know: \[redacted\]/);
  expect(await tells('says it')).toMatch(/completed answered .*your key is \[redacted\], keep it/);
  for (const task of ['looks for it', 'reads it', 'misses a file', 'calls what is not there'])
    expect(await tells(task)).toMatch(/completed answered .*\[redacted\]/s);
});

it('no history holds a secret, as it is or decoded', async () => {
  const decode = transcodeWith(true, openKeyring(product.home, env));
  const texts: string[] = [];
  const collect = async (value: unknown): Promise<void> => {
    if (typeof value === 'string') texts.push(value);
    else if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString());
    else if (typeof value === 'object' && value !== null) {
      if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) {
        const [plain] = await decode('decode', [Object(value)]);
        texts.push(Buffer.from(plain?.data ?? []).toString());
      }
      for (const each of Object.values(value)) await collect(each);
    }
  };
  for (const id of Object.values(ids)) {
    const handle = product.agents.temporal.client.workflow.getHandle(id);
    await collect((await handle.fetchHistory()).events);
    await collect((await handle.describe()).raw);
  }
  // Decoded it is: the words of the agents are there.
  expect(texts.join('\n')).toContain('your key is [redacted], keep it');
  expect(texts.flatMap(found)).toEqual([]);
});

it('no command prints one, nor does what it exports', async () => {
  const commands = [
    ['list', '--json'],
    ['doctor'],
    ['up', '--json'],
    ['status', idOf('rejected')],
    ['output', idOf('says it')],
    ['export', ...Object.values(ids), '--output', join(product.home, 'exported')],
  ];
  for (const args of commands) {
    const { stdout, stderr } = await product.bga(...args);
    expect({ args, empty: `${stdout}${stderr}` === '' }).toEqual({ args, empty: false });
    printed.push(stdout, stderr);
  }
  expect(printed.join('\n')).toMatch(
    /FAIL {2}model reachable: .*rejects the key \(401: no list for Bearer \[redacted\]\)/,
  );
  expect(printed.flatMap(found)).toEqual([]);
}, 120_000);

it('a worker of a fleet and MCP over HTTP log JSON lines, without the keys that they were given', async () => {
  const address = (await product.bga('doctor', '--json')).stdout.match(/"address": "([^"]+)"/)?.[1] ?? '';
  const cluster = { TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: TEMPORAL_KEY, TEMPORAL_TLS: 'false' };
  const worker = startBga(
    { env: { ...env, ...cluster }, workspace },
    'worker',
    '--queues',
    'workspace-canary',
  );
  const mcp = startBga({ env, workspace }, 'mcp', '--http');
  await Promise.all([worker.shows(/is ready/), mcp.shows(/MCP at/)]);
  const url = /"url":"([^"]+)"/.exec(mcp.stderr())?.[1] ?? '';
  const post = (token: string, body: string) =>
    fetch(url, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...ACCEPTS, authorization: `Bearer ${token}` },
      body,
    });
  const answers = [await post(HTTP_TOKEN, '{'), await post(`${HTTP_TOKEN}?`, '{}')];
  expect(answers.map(({ status: code }) => code)).toEqual([400, 401]);
  const bodies = await Promise.all(answers.map((each) => each.text()));
  for (const { child } of [worker, mcp]) child.kill('SIGTERM');
  const ended = await Promise.all([worker.ended, mcp.ended]);
  expect(ended.map(({ code, stdout }) => ({ code, stdout }))).toEqual([
    { code: 0, stdout: '' },
    { code: 0, stdout: '' },
  ]);
  const lines = ended.flatMap(({ stderr }) => stderr.trimEnd().split('\n'));
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({
      level: expect.stringMatching(/^(trace|debug|info|warn|error)$/),
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      msg: expect.any(String),
    });
  expect([...lines, ...bodies].flatMap(found)).toEqual([]);
}, 60_000);

it('nothing below the home holds one, and its logs are JSON lines that say which agent, call and tool', async () => {
  // The last way to fail: nobody answers any more.
  await models.stop();
  const { agent_id } = await spawn(product.agents, {
    task: 'task: alone',
    agent_type: 'explore',
    model: 'haiku',
  });
  await until(async () =>
    (await status(product.agents, agent_id)).progress.activity.includes('ECONNREFUSED'),
  );
  const files = readdirSync(product.home, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['worker.log', 'supervisor.log', 'temporal.db']),
  );
  expect(texts.flatMap(found)).toEqual([]);
  const log = (name: string): Record<string, unknown>[] =>
    readFileSync(join(product.home, 'logs', name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(log('supervisor.log')[0]).toMatchObject({ level: 'info', program: 'supervisor' });
  const worker = log('worker.log');
  const failed = { level: 'warn', msg: 'Activity failed', tier: 'haiku', durationMs: expect.any(Number) };
  for (const task of ['rejected', 'refused'])
    expect(worker).toContainEqual(
      expect.objectContaining({
        ...failed,
        agentId: idOf(task),
        workflowId: idOf(task),
        runId: expect.any(String),
      }),
    );
  expect(worker).toContainEqual(expect.objectContaining({ agentId: idOf('reads it'), tool: 'read_file' }));
}, 60_000);
