/** What docker-compose.yml describes, run natively, with its database and a worker killed under two hundred agents. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type CommandResult, until } from '../support/product';
import { type Fleet, type FleetProcess, startFleet, whyNoFleet } from './fleet';

const why = whyNoFleet();
/** In CI it has to run; a developer without PostgreSQL is told why it did not. */
const where = why === undefined || process.env.CI ? describe : describe.skip;

const AGENTS = 200;
const TURNS = 3;
/** As a team sets them, in the file that all processes read. */
const MODEL = 'team-haiku';
const PRICE = { input: 0.5, output: 2.5 };
const TOKEN = 'canary-of-http-canary-of-http-canary-of-http';
const KEY = Buffer.alloc(32, 7).toString('base64');

where(`the deployment of docker-compose.yml${why === undefined ? '' : ` (not run: ${why})`}`, () => {
  const workspaces = mkdtempSync(join(tmpdir(), 'bga-workspaces-'));
  const workspace = join(workspaces, 'project');
  let models: ModelServer;
  let fleet: Fleet;
  let workers: FleetProcess[];
  let files: FleetProcess;
  let client: Client;

  beforeAll(async () => {
    mkdirSync(workspace);
    writeFileSync(join(workspace, 'a.txt'), 'alpha\n');
    const configFile = join(workspaces, 'config.json');
    const config = { models: { haiku: MODEL }, prices: { [MODEL]: PRICE } };
    writeFileSync(configFile, JSON.stringify(config));
    models = await startModelServer();
    fleet = await startFleet({
      env: {
        POSTGRES_PASSWORD: 'canary-of-the-database',
        ANTHROPIC_API_KEY: 'test-key',
        ANTHROPIC_BASE_URL: models.url,
        BGA_ENCRYPTION_KEY: KEY,
        BGA_HTTP_TOKEN: TOKEN,
        BGA_CONFIG_FILE: configFile,
      },
      workspaces,
    });
  }, 600_000);

  afterAll(async () => {
    await client?.close();
    await fleet?.stop();
    await models?.stop();
    rmSync(workspaces, { recursive: true, force: true });
  });

  /** What a tool says, asked again for as long as the server behind it is away. */
  async function call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
    return until(async () => {
      const { isError, structuredContent, content } = await client.callTool({ name, arguments: args });
      if (!isError) return Object(structuredContent);
      const text = JSON.stringify(content);
      if (!text.includes('cannot be reached')) throw new Error(text);
      await sleep(1_000);
      return undefined;
    }, 120_000);
  }

  /** The key lets it be asked again without a second agent. */
  const spawn = async (task: string) => {
    const shared = { agent_type: 'explore', workspace, lifetime: 'detached', timeout_ms: 900_000 };
    return (await call('agent_spawn', { ...shared, task, idempotency_key: task })).agent_id;
  };

  it('is set up by its one-shot jobs, which change nothing when they run again', async () => {
    const first = await fleet.runOnce('setup', 'setup', '--json', '--dry-run');
    expect(JSON.parse(first.stdout).steps.map(({ kind }: { kind: string }) => kind)).toEqual([
      'register_namespace',
      'add_search_attributes',
    ]);
    expect(await fleet.runOnce('setup')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('done: register namespace background-agents'),
    });
    expect(await fleet.runOnce('setup')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('has all that agents need'),
    });
  }, 120_000);

  it('is healthy once workers poll, each its queues, and MCP answers', async () => {
    const { stdout } = await fleet.runOnce('setup', 'doctor', '--json');
    const checks: { name: string; ok: boolean; fix: string }[] = JSON.parse(stdout).checks;
    expect(checks.find(({ name }) => name === 'queue model-opus')).toMatchObject({
      ok: false,
      fix: expect.stringContaining('bga worker --queues model-opus'),
    });
    const replicas = fleet.compose.services.worker?.deploy?.replicas;
    workers = await Promise.all(Array.from({ length: replicas ?? 0 }, () => fleet.start('worker')));
    files = await fleet.start('workspace-worker');
    const mcp = await fleet.start('mcp');
    expect(workers).toHaveLength(2);
    for (const each of [...workers, files, mcp]) expect(each.isHealthy()).toBe(true);
    const ready = await (await fetch(`${files.url}/readyz`)).json();
    expect(ready).toEqual({ ready: true, draining: false, queues: [{ queue: 'workspace', polling: true }] });
    client = new Client({ name: 'team', version: '1' });
    const requestInit = { headers: { authorization: `Bearer ${TOKEN}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${mcp.url}/mcp`), { requestInit }));
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain('agent_spawn');
  }, 120_000);

  it(`loses none of ${AGENTS} agents while PostgreSQL is killed and restarted and a worker is killed`, async () => {
    const markers = Array.from({ length: AGENTS }, (_, index) => `agent-${String(index).padStart(3, '0')}`);
    for (const marker of markers)
      models.script(
        marker,
        (turn) =>
          turn === TURNS - 1
            ? { text: `${marker} done` }
            : {
                text: `turn ${turn}`,
                tool: { name: 'read_file', input: { path: 'a.txt', to_line: turn + 1 } },
              },
        { latencyMs: 1_000 },
      );
    const ids = await Promise.all(markers.map(spawn));
    const asked = (turn: number) => models.requests().filter((request) => request.turn === turn).length;
    await until(() => asked(0) >= AGENTS / 2, 120_000);
    await fleet.postgres.kill();
    await fleet.postgres.start();
    await until(() => asked(1) >= AGENTS / 2, 240_000);
    workers[0]?.child.kill('SIGKILL');
    await until(async () => {
      await sleep(1_000);
      const counts = Object((await call('agent_list', { scope: 'all', limit: 1 })).counts);
      return counts.completed >= AGENTS;
    }, 400_000);
    for (const [index, agent_id] of ids.entries()) {
      const now = await call('agent_status', { agent_id });
      expect(now).toMatchObject({
        status: 'completed',
        reason: 'answered',
        model: MODEL,
        progress: { turn: TURNS, tool_calls: TURNS - 1 },
        // A turn is counted once, however often it was asked for.
        usage: { input_tokens: 100 * TURNS },
      });
      expect(Object(now.usage).cost_usd).toBeGreaterThan(0);
      const { text } = await call('agent_output', { agent_id });
      expect(text).toContain(`${markers[index]} done`);
    }
  }, 700_000);

  it('tells what they cost, writes one to a file, and deletes what somebody wants deleted before the retention ends', async () => {
    const env = fleet.clientEnv({ BGA_ENCRYPTION_KEY: KEY, BGA_MODEL_PROVIDER: 'anthropic' });
    const bga = async (...args: string[]) => {
      const { code, stdout, stderr } = await fleet.bga(env, ...args, '-C', workspace);
      expect({ args, code, stderr }).toMatchObject({ code: 0 });
      return stdout;
    };
    const whole = JSON.parse(await bga('cost', '--since', '90d', '--by', 'tier', '--json'));
    expect(whole).toMatchObject({
      agents: AGENTS,
      open: 0,
      incomplete: 0,
      retention_days: 30,
      pruned_before: null,
    });
    expect(whole.usage).toMatchObject({ input_tokens: 100 * TURNS * AGENTS });
    expect(whole.groups).toMatchObject([{ key: 'haiku', agents: AGENTS }]);
    const [haiku, sonnet] = whole.one_tier_alone;
    expect(haiku.cost_usd).toBeCloseTo(whole.usage.cost_usd, 9);
    expect(sonnet.cost_usd).toBeGreaterThan(haiku.cost_usd);

    const { agents } = JSON.parse(await bga('list', '--scope', 'all', '--json'));
    const document = JSON.parse(await bga('export', agents[0].agent_id, '--json'));
    expect(document).toMatchObject({
      agent: { status: 'completed' },
      answer: expect.stringMatching(/^agent-\d+ done$/),
    });
    const ended = JSON.parse(await bga('prune', '--older-than', '0m', '--dry-run', '--json'));
    expect(ended.agents).toHaveLength(AGENTS);
    const cut = ended.agents[5].finished_at;
    const deleted = JSON.parse(await bga('prune', '--older-than', cut, '--yes', '--json'));
    const left = AGENTS - deleted.agents.length;
    expect([AGENTS - 5, AGENTS - 4]).toContain(left);
    await until(async () => JSON.parse(await bga('cost', '--json')).agents === left, 60_000);
    expect(await bga('cost')).toContain('Not in it: what bga prune deleted, of what ended before ');
  }, 240_000);

  it('drains a worker that is told to end: not ready at once, and its calls are done or handed on', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<{ text: string }>((resolve) => {
      release = () => resolve({ text: 'drained' });
    });
    models.script('held', () => held);
    const agent_id = await spawn('held');
    await until(() => models.requests('held').length === 1);
    const [, worker] = workers;
    if (!worker) throw new Error('There is no second worker.');
    worker.child.kill('SIGTERM');
    await until(async () => (await fetch(`${worker.url}/readyz`)).status === 503);
    expect(worker.isHealthy()).toBe(false);
    expect((await fetch(`${worker.url}/healthz`)).status).toBe(200);
    release();
    expect((await worker.ended).code).toBe(0);
    // Who takes over what is left of it.
    await fleet.start('worker');
    await until(async () => (await call('agent_status', { agent_id })).status === 'completed', 120_000);
    expect(models.requests('held')).toHaveLength(1);
  }, 240_000);

  it('has the worker hold to its own list of directories, whatever a client asks for', async () => {
    models.script('elsewhere', [
      { text: 'reading', tool: { name: 'list_files', input: { path: '.' } } },
      { text: 'refused' },
    ]);
    const anywhere = fleet.clientEnv({ BGA_ENCRYPTION_KEY: KEY, BGA_MODEL_PROVIDER: 'anthropic' });
    const { stdout } = await fleet.bga(
      anywhere,
      'run',
      'elsewhere',
      '--type',
      'explore',
      '-C',
      '/etc',
      '--json',
    );
    const { agent_id } = JSON.parse(stdout);
    const full = await fleet.bga(anywhere, 'output', agent_id, '--view', 'full', '-C', '/etc');
    expect(full.stdout).toContain('lies outside the allowed roots');
  }, 120_000);

  it('has doctor find all well where MCP runs, and tell a client what stands between it and the workers', async () => {
    const failing = ({ stdout }: CommandResult) => {
      const checks: { name: string; ok: boolean; detail: string }[] = JSON.parse(stdout).checks;
      return checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
    };
    expect(failing(await fleet.runOnce('mcp', 'doctor', '--json', '-C', workspaces))).toEqual([]);
    const anywhere = fleet.clientEnv({ BGA_ENCRYPTION_KEY: KEY, BGA_MODEL_PROVIDER: 'anthropic' });
    expect(failing(await fleet.bga(anywhere, 'doctor', '--json', '-C', '/etc'))).toEqual([
      "workers' workspace: /etc lies outside the roots that the worker of workspace allows",
    ]);
    const next = Buffer.alloc(32, 8).toString('base64');
    const ahead = fleet.clientEnv({ BGA_ENCRYPTION_KEY: `${next},${KEY}`, BGA_MODEL_PROVIDER: 'anthropic' });
    expect(failing(await fleet.bga(ahead, 'doctor', '--json', '-C', workspaces))).toEqual([
      expect.stringMatching(/^workers' encryption: the workers of agents, .* have not key/),
    ]);
    const withoutKey = fleet.clientEnv({ BGA_MODEL_PROVIDER: 'anthropic' });
    expect(failing(await fleet.bga(withoutKey, 'doctor', '--json', '-C', workspaces))).toEqual([
      expect.stringMatching(/^workers' encryption: what the workers of agents, .* write cannot be read here/),
    ]);
  }, 120_000);
});
