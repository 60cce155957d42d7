/** What docker-compose.yml describes, run natively, with its database and a worker killed under two hundred agents. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSession, newSessionId, output, spawn, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { loadConfig } from '../../src/config';
import { openAgents } from '../../src/open';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { until } from '../support/product';
import { type Fleet, type FleetProcess, startFleet, whyNoFleet } from './fleet';

const why = whyNoFleet();
/** In CI it has to run; a developer without PostgreSQL is told why it did not. */
const where = why === undefined || process.env.CI ? describe : describe.skip;

const AGENTS = 200;
const TURNS = 3;

where(`the deployment of docker-compose.yml${why === undefined ? '' : ` (not run: ${why})`}`, () => {
  const workspaces = mkdtempSync(join(tmpdir(), 'bga-workspaces-'));
  const workspace = join(workspaces, 'project');
  let models: ModelServer;
  let fleet: Fleet;
  let workers: FleetProcess[];
  let files: FleetProcess;
  let agents: AgentsContext;

  beforeAll(async () => {
    mkdirSync(workspace);
    writeFileSync(join(workspace, 'a.txt'), 'alpha\n');
    models = await startModelServer();
    fleet = await startFleet({
      env: {
        POSTGRES_PASSWORD: 'canary-of-the-database',
        ANTHROPIC_API_KEY: 'test-key',
        ANTHROPIC_BASE_URL: models.url,
        BGA_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      },
      workspaces,
    });
  }, 600_000);

  afterAll(async () => {
    await agents?.temporal.close();
    await fleet?.stop();
    await models?.stop();
    rmSync(workspaces, { recursive: true, force: true });
  });

  const clientEnv = () =>
    fleet.clientEnv({
      BGA_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      BGA_MODEL_PROVIDER: 'anthropic',
    });

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

  it('has workers that are healthy once they poll, each on its queues', async () => {
    const replicas = fleet.compose.services.worker?.deploy?.replicas;
    workers = await Promise.all(Array.from({ length: replicas ?? 0 }, () => fleet.start('worker')));
    files = await fleet.start('workspace-worker');
    expect(workers).toHaveLength(2);
    for (const each of [...workers, files]) expect(each.isHealthy()).toBe(true);
    const ready = await (await fetch(`${files.healthUrl}/readyz`)).json();
    expect(ready).toEqual({ ready: true, draining: false, queues: [{ queue: 'workspace', polling: true }] });
  }, 120_000);

  it(`loses none of ${AGENTS} agents while PostgreSQL is killed and restarted and a worker is killed`, async () => {
    const marker = (index: number) => `agent-${String(index).padStart(3, '0')}`;
    const indexes = Array.from({ length: AGENTS }, (_, index) => index);
    for (const index of indexes)
      models.script(
        marker(index),
        (turn) =>
          turn === TURNS - 1
            ? { text: `${marker(index)} done` }
            : {
                text: `turn ${turn}`,
                tool: { name: 'read_file', input: { path: 'a.txt', to_line: turn + 1 } },
              },
        { latencyMs: 1_000 },
      );
    const env = clientEnv();
    agents = await openAgents({
      config: loadConfig({ env, workspace }),
      env,
      session: newSession(newSessionId()),
      workspace,
      onProgress: () => undefined,
    });
    const spawned = await Promise.all(
      indexes.map((index) =>
        spawn(agents, {
          task: marker(index),
          agent_type: 'explore',
          lifetime: 'detached',
          timeout_ms: 900_000,
        }),
      ),
    );
    const ids = spawned.map(({ agent_id }) => agent_id);
    const asked = () => models.requests().length;
    await until(() => asked() >= AGENTS / 2, 120_000);
    await fleet.postgres.kill();
    await fleet.postgres.start();
    await until(() => asked() >= AGENTS * 1.5, 240_000);
    const [killed] = workers;
    killed?.child.kill('SIGKILL');
    await until(async () => !(await wait(agents, { agent_ids: ids, timeout_ms: 30_000 })).timed_out, 400_000);
    for (const [index, id] of ids.entries()) {
      expect(await status(agents, id)).toMatchObject({
        status: 'completed',
        reason: 'answered',
        progress: { turn: TURNS, tool_calls: TURNS - 1 },
        // A turn is counted once, however often it was asked for.
        usage: { input_tokens: 100 * TURNS },
      });
      expect((await output(agents, { agent_id: id })).text).toContain(`${marker(index)} done`);
    }
  }, 600_000);
});
