import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import {
  killResult,
  listResult,
  outputResult,
  spawnResult,
  statusResult,
  waitResult,
} from '../../src/agents';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { BGA, type Product, startProduct, until } from '../support/product';
import { startBga } from './process';

let models: ModelServer;
let product: Product;
let mcp: Client;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'let go' });
});

beforeAll(async () => {
  models = await startModelServer();
  models.script('quick', [
    { text: 'Looking.', tool: { name: 'list_files', input: {} } },
    { text: 'the answer\nwarning: second line' },
  ]);
  models.script('held', () => held);
  models.script('refuses', [{ text: 'I cannot.', stopReason: 'refusal' }]);
  product = await startProduct({ modelUrl: models.url });
  mcp = new Client({ name: 'test', version: '1' });
  const env = Object.fromEntries(
    Object.entries(product.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  await mcp.connect(
    new StdioClientTransport({ command: process.execPath, args: [BGA, 'mcp'], env, cwd: product.workspace }),
  );
}, 120_000);

afterAll(async () => {
  release();
  await mcp?.close();
  await product?.stop();
  await models?.stop();
});

async function json(...args: string[]) {
  const { code, stdout, stderr } = await product.bga(...args, '--json');
  if (stdout === '') throw new Error(`bga ${args.join(' ')}: ${code} ${stderr}`);
  return { code, value: JSON.parse(stdout) };
}

async function tool(name: string, args: Record<string, unknown>): Promise<unknown> {
  return (await mcp.callTool({ name, arguments: args })).structuredContent;
}

describe('--json prints what the tool of the same name returns', () => {
  let agentId: string;
  beforeAll(async () => {
    const { code, value } = await json('spawn', '-t', 'explore', 'quick');
    expect(code).toBe(0);
    expect(spawnResult.strict().parse(value)).toMatchObject({ agent_type: 'explore', lifetime: 'detached' });
    agentId = value.agent_id;
    await product.bga('wait', agentId);
  });

  it('status', async () => {
    const { value } = await json('status', agentId);
    expect(statusResult.strict().parse(value)).toMatchObject({ status: 'completed', reason: 'answered' });
    expect(value).toEqual(await tool('agent_status', { agent_id: agentId }));
  });

  it('output', async () => {
    const { value } = await json('output', agentId, '--filter', 'error|warning');
    expect(outputResult.strict().parse(value)).toMatchObject({
      text: 'warning: second line',
      matched_lines: 1,
    });
    expect(value).toEqual(await tool('agent_output', { agent_id: agentId, filter: 'error|warning' }));
  });

  it('wait', async () => {
    const { code, value } = await json('wait', agentId);
    expect(code).toBe(0);
    expect(waitResult.strict().parse(value)).toMatchObject({ timed_out: false });
    expect(value).toEqual(await tool('agent_wait', { agent_ids: [agentId] }));
  });

  it('kill', async () => {
    const { code, value } = await json('kill', agentId);
    expect(code).toBe(0);
    expect(killResult.strict().parse(value)).toMatchObject({ status: 'completed' });
    expect(value).toEqual(await tool('agent_kill', { agent_id: agentId }));
  });

  it('list', async () => {
    const { value } = await json('list');
    listResult.strict().parse(value);
    const { agents } = listResult.parse(await tool('agent_list', {}));
    const own = (all: typeof agents) => all.find((agent) => agent.agent_id === agentId);
    expect({ ...own(value.agents), unread: true }).toEqual(own(agents));
  });

  it('list, but for the words to a filter that fits none', async () => {
    const { code, stdout } = await product.bga('list', '--status', 'waiting');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'No agent in this directory is waiting. All of this directory: bga list; of every directory: bga list --all.\n',
    });
    const { stderr } = await product.bga('list', '--type', 'auto');
    expect(stderr).toMatch(/"auto" is no type of its own.* Known types: explore, /);
  });
});

describe('what the commands have read is kept between them', () => {
  it('--since-last and unread', async () => {
    const agentId = (await product.bga('spawn', '-t', 'explore', 'quick')).stdout.trim();
    await product.bga('wait', agentId);
    const unread = async () => {
      const { agents } = (await json('list', '--scope', 'session')).value;
      return agents.find((agent: { agent_id: string }) => agent.agent_id === agentId).unread;
    };
    const before = await unread();
    const first = await product.bga('output', agentId, '--since-last');
    const second = await product.bga('output', agentId, '--since-last');
    expect(first.stdout).toBe('the answer\nwarning: second line\n');
    expect(second).toMatchObject({ code: 0, stdout: '' });
    expect([before, await unread()]).toEqual([true, false]);
  });
});

describe('exit codes', () => {
  it('1 when an agent failed, from wait', async () => {
    const agentId = (await product.bga('spawn', '-t', 'explore', 'refuses')).stdout.trim();
    const { code, stdout } = await product.bga('wait', agentId);
    expect([code, stdout]).toEqual([1, `${agentId}  failed (refusal)  I cannot.\n`]);
  });

  it('4 when the wait was over first, and 1 when it was killed', async () => {
    const agentId = (await product.bga('spawn', '-t', 'explore', 'held')).stdout.trim();
    const late = await product.bga('wait', agentId, '--timeout-ms', '200');
    const killed = await product.bga('kill', agentId, '--reason', 'enough');
    const { code } = await product.bga('wait', agentId);
    expect([late.code, killed.code, code]).toEqual([4, 0, 1]);
    expect(killed.stdout).toContain('killed');
  });

  it('4 when the time is up, although another failed before', async () => {
    const spawn = async (task: string) => (await product.bga('spawn', '-t', 'explore', task)).stdout.trim();
    const [failed, open] = [await spawn('refuses'), await spawn('held')];
    await product.bga('wait', failed);
    const late = await product.bga('wait', failed, open, '--timeout-ms', '200');
    const first = await product.bga('wait', failed, open, '--any');
    await product.bga('kill', open);
    expect([late.code, first.code]).toEqual([4, 1]);
  });

  it('of a wait without ids: each ending is told once, and 0 when nothing is left', async () => {
    const spawn = async (task: string) => (await product.bga('spawn', '-t', 'explore', task)).stdout.trim();
    // Whatever the tests before have left.
    await product.bga('wait');
    const failed = await spawn('refuses');
    const told = await product.bga('wait');
    expect(told).toMatchObject({ code: 1, stdout: `${failed}  failed (refusal)  I cannot.\n` });
    expect(await product.bga('wait')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing to wait for'),
    });
    const open = await spawn('held');
    const late = await product.bga('wait', '--any', '--timeout-ms', '200');
    expect(late).toMatchObject({ code: 4, stderr: expect.stringContaining(`Waiting for 1 agent: ${open}`) });
    expect(late.stdout).not.toContain(failed);
    await product.bga('kill', open);
    expect(await json('wait')).toEqual({
      code: 0,
      value: { finished: [], unfinished: [], timed_out: false },
    });
  });

  it('2 for an agent that does not exist, saying how to find those that do', async () => {
    for (const verb of ['status', 'output', 'kill', 'wait']) {
      const { code, stdout, stderr } = await product.bga(verb, 'explore-000000000000');
      expect([verb, code, stdout]).toEqual([verb, 2, '']);
      expect(stderr).toContain('Run bga list');
    }
  });

  it('2 for a pattern that is none', async () => {
    const agentId = (await product.bga('spawn', '-t', 'explore', 'quick')).stdout.trim();
    expect(await product.bga('output', agentId, '--filter', '(')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('a task', () => {
  it('may come from stdin', async () => {
    const spawning = startBga(product, 'spawn', '-t', 'explore', '-');
    spawning.child.stdin?.end('quick, and many more words\n');
    const agentId = (await spawning.ended).stdout.trim();
    expect((await product.bga('wait', agentId)).stdout).toContain('the answer');
  });

  it('with the same idempotency key is one agent', async () => {
    const spawn = () => product.bga('spawn', '-t', 'explore', 'quick', '--idempotency-key', 'k1');
    const [one, two] = [await spawn(), await spawn()];
    expect(one.stdout).toBe(two.stdout);
  });
});

it('up says that the service runs already, and where', async () => {
  const { code, stdout } = await product.bga('up');
  expect(code).toBe(0);
  expect(stdout).toContain('runs already');
  expect(stdout).toContain(product.agents.temporal.target.address);
  expect(stdout).toMatch(/^Web UI +http:\/\/127\.0\.0\.1:\d+\/namespaces\/background-agents\/workflows$/m);
});

it('worker serves a cluster until it is told to stop, and says that it lacks a key', async () => {
  const { address } = product.agents.temporal.target;
  const keyless = { TEMPORAL_ADDRESS: address, ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '' };
  const worker = startBga({ ...product, env: { ...product.env, ...keyless } }, 'worker');
  await worker.shows('is ready');
  await worker.shows('No API key is set here: agents for Claude wait until there is one.');
  worker.child.kill('SIGTERM');
  const { code, stdout } = await worker.ended;
  expect([code, stdout]).toEqual([0, '']);
});

it('worker names a namespace that is not there', async () => {
  const env = {
    ...product.env,
    TEMPORAL_ADDRESS: product.agents.temporal.target.address,
    TEMPORAL_NAMESPACE: 'nowhere',
  };
  const { code, stderr } = await startBga({ ...product, env }, 'worker').ended;
  expect(code).toBe(2);
  expect(stderr).toContain('no namespace "nowhere"');
});

it('a list that nobody reads to its end is no error', async () => {
  const listing = startBga(product, 'list', '--json');
  listing.child.stdout?.destroy();
  const { code, stderr } = await listing.ended;
  expect([code, stderr]).toEqual([0, '']);
  await until(() => listing.child.exitCode !== null);
});
