import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { type Home, newHome, startBga } from './cli/process';
import { until } from './support/product';
import { startRawModelServer } from './support/rawModelServer';

/** One home, from before anything is there until all of it is gone: the tests build on one another. */
let home: Home;
/** Until when workers were asked whose questions have to be gone at the end. */
let askedUntil: string;
beforeAll(() => {
  home = newHome();
  writeFileSync(join(home.workspace, 'stop.ts'), 'export function cancelAgent() {}\n');
});
afterAll(() => home.remove());

interface Check {
  name: string;
  ok: boolean;
  detail: string;
  fix: string;
}

async function doctor(extra: NodeJS.ProcessEnv = {}) {
  const { code, stdout } = await startBga({ ...home, env: { ...home.env, ...extra } }, 'doctor', '--json')
    .ended;
  const report: { ok: boolean; checks: Check[]; local: Record<string, unknown> } = JSON.parse(stdout);
  return { code, report, failing: report.checks.filter(({ ok }) => !ok) };
}

describe('before anything is set up', () => {
  it('doctor says what is missing and how to get it, and starts nothing', async () => {
    const { code, report, failing } = await doctor();
    expect([code, report.ok]).toEqual([1, false]);
    expect(failing.find(({ name }) => name === 'server')).toMatchObject({ fix: 'Run: bga up' });
    expect(report.local).toEqual({
      supervisor_pid: null,
      server_pid: null,
      worker_pids: [],
      address: null,
      ui_url: null,
      database: join(home.home, 'temporal.db'),
      logs: join(home.home, 'logs'),
    });
    expect(existsSync(home.home)).toBe(false);
  });

  it('two runs at the same instant set one service up, and both answer', async () => {
    const taken = await takePort();
    const run = () => startBga(home, 'run', 'Where is cancelAgent?');
    const results = await Promise.all([run().ended, run().ended]);
    taken?.close();
    for (const { code, stdout, stderr } of results) {
      expect(code).toBe(0);
      expect(stdout).toContain('stop.ts:1');
      expect(stderr).toContain('starting the local Temporal server');
    }
    expect(results.map(({ stderr }) => stderr).join()).toContain('Port 7233 is taken');
  }, 90_000);
});

describe('on the running service', () => {
  it('doctor finds all well', async () => {
    const { code, report, failing } = await doctor();
    expect({ failing, code, ok: report.ok }).toEqual({ failing: [], code: 0, ok: true });
    for (const check of report.checks) {
      expect(Object.keys(check).sort()).toEqual(['detail', 'fix', 'name', 'ok']);
      expect(check.fix).toBe('');
    }
    expect(report.local).toMatchObject({
      supervisor_pid: expect.any(Number),
      server_pid: expect.any(Number),
      worker_pids: [expect.any(Number)],
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      ui_url: expect.stringMatching(/^http:/),
    });
  });

  it('says that the worker was started without the key that there is now', async () => {
    const models = await startRawModelServer(() => ({ status: 404 }));
    const { code, failing } = await doctor({
      ANTHROPIC_API_KEY: 'sk-canary',
      ANTHROPIC_BASE_URL: models.url,
    });
    await models.stop();
    expect(code).toBe(1);
    expect(failing).toEqual([
      {
        name: "worker's model",
        ok: false,
        detail: expect.stringContaining('without the API key'),
        fix: expect.stringContaining('Run: bga up'),
      },
    ]);
    expect(JSON.stringify(failing)).not.toContain('sk-canary');
  });

  it('says whether the model answers to the key, and never shows the key', async () => {
    const models = await startRawModelServer(({ headers }) => ({
      status: 401,
      headers: { 'content-type': 'application/json' },
      events: [JSON.stringify({ error: { message: `who is ${headers.authorization}?` } })],
    }));
    const access = { ANTHROPIC_API_KEY: 'canary-of-doctor', ANTHROPIC_BASE_URL: models.url };
    const rejected = await doctor(access);
    expect(models.requests).toMatchObject([{ headers: { authorization: 'Bearer canary-of-doctor' } }]);
    expect(rejected.failing).toContainEqual({
      name: 'model reachable',
      ok: false,
      detail: expect.stringMatching(
        /^127\.0\.0\.1:\d+ rejects the key \(401: who is Bearer \[redacted\]\?\)$/,
      ),
      fix: expect.stringContaining('bga config set-key'),
    });
    await models.stop();
    const gone = await doctor(access);
    expect(gone.failing).toContainEqual(
      expect.objectContaining({ name: 'model reachable', detail: expect.stringContaining('ECONNREFUSED') }),
    );
    expect(JSON.stringify([rejected, gone])).not.toContain('canary-of-doctor');
  });

  it('says how long the server keeps what has ended', async () => {
    const { report } = await doctor();
    expect(report.checks.find(({ name }) => name === 'retention')?.detail).toContain('kept for 30 days');
  });

  it('tells of a mistake in the configuration, and still looks at the rest', async () => {
    const { code, report, failing } = await doctor({ BGA_MAX_TRUNS: '5' });
    expect(code).toBe(1);
    expect(failing).toHaveLength(1);
    expect(failing[0]).toMatchObject({
      name: 'configuration',
      detail: expect.stringContaining('BGA_MAX_TURNS'),
    });
    expect(report.checks.find(({ name }) => name === 'namespace')).toMatchObject({ ok: true });
  });

  it('tells of a workspace that is not there', async () => {
    const { code, stdout } = await home.bga('doctor', '-C', 'nowhere');
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL {2}workspace: .*does not exist/);
  });

  it('of a cluster looks at what agents need there', async () => {
    const { report } = await doctor();
    const { code, report: cluster } = await doctor({ TEMPORAL_ADDRESS: String(report.local.address) });
    const names = cluster.checks.filter(({ ok }) => ok).map(({ name }) => name);
    expect(code).toBe(0);
    expect(names).toEqual(
      expect.arrayContaining([
        'namespace',
        'search attributes',
        'queue agents',
        'queue workspace',
        "workers' answers",
        "workers' encryption",
        "workers' version",
        "workers' model",
        "workers' workspace",
      ]),
    );
  });

  it('of a cluster tells what its workers lack of what is asked for here', async () => {
    const address = String((await doctor()).report.local.address);
    const key = randomBytes(32).toString('base64');
    const { code, failing } = await doctor({
      TEMPORAL_ADDRESS: address,
      BGA_MODEL_PROVIDER: 'anthropic',
      BGA_ENCRYPTION_KEY: key,
    });
    expect(code).toBe(1);
    expect(failing).toEqual([
      {
        name: "workers' encryption",
        ok: false,
        detail: expect.stringMatching(/^the workers of agents, .*, workspace have not key \w+/),
        fix: expect.stringContaining('the same BGA_ENCRYPTION_KEY'),
      },
      {
        name: "workers' model",
        ok: false,
        detail: expect.stringContaining('model-haiku, model-sonnet, model-opus have no API key'),
        fix: expect.stringContaining('Set ANTHROPIC_API_KEY where they start'),
      },
    ]);
    expect(JSON.stringify(failing)).not.toContain(key);
    askedUntil = new Date().toISOString();
  }, 60_000);

  it('of a cluster whose only worker does not answer says so, without waiting for it', async () => {
    const { local } = (await doctor()).report;
    const [worker = 0] = Array.isArray(local.worker_pids) ? local.worker_pids.map(Number) : [];
    process.kill(worker, 'SIGSTOP');
    try {
      const { failing } = await doctor({ TEMPORAL_ADDRESS: String(local.address) });
      expect(failing).toMatchObject([
        { name: "workers' answers", detail: expect.stringMatching(/^none from agents in time/) },
      ]);
    } finally {
      process.kill(worker, 'SIGCONT');
    }
    // The question would last a minute.
  }, 55_000);

  it('spawns on a cluster tell, where nobody has chosen, that the caller is without a key', async () => {
    const { report } = await doctor();
    const cluster = { TEMPORAL_ADDRESS: String(report.local.address) };
    const note = 'If they have a key: BGA_MODEL_PROVIDER=anthropic';
    const stderrOf = async (extra: NodeJS.ProcessEnv, ...args: string[]) => {
      const { code, stderr } = await startBga({ ...home, env: { ...home.env, ...extra } }, ...args).ended;
      expect(code).toBe(0);
      return stderr;
    };
    for (const args of [
      ['run', 'Where is cancelAgent?'],
      ['spawn', 'Where?', '--json'],
    ])
      expect((await stderrOf(cluster, ...args)).split(note)).toHaveLength(2);
    const chosen = { ...cluster, BGA_MODEL_PROVIDER: 'offline' };
    expect(await stderrOf(chosen, 'run', 'Where is cancelAgent?')).not.toContain(note);
    expect(await stderrOf({}, 'run', 'Where is cancelAgent?')).not.toContain(note);
    const { report: asked } = await doctor(cluster);
    expect(asked.checks.find(({ name }) => name === 'model')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('where the workers have one: BGA_MODEL_PROVIDER=anthropic'),
    });
  }, 120_000);

  it('of a namespace without the search attributes says so, and how to add them', async () => {
    const { report } = await doctor();
    const address = String(report.local.address);
    const connection = await Connection.connect({ address });
    const workflowExecutionRetentionPeriod = msToTs('1 day');
    await connection.workflowService.registerNamespace({
      namespace: 'bare',
      workflowExecutionRetentionPeriod,
    });
    await connection.close();
    const names = await until(async () => {
      const { report: bare } = await doctor({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'bare' });
      const found = bare.checks.find(({ name }) => name === 'search attributes');
      if (found === undefined) return undefined;
      expect(found).toMatchObject({
        ok: false,
        fix: 'Run: bga setup',
        detail: expect.stringMatching(/^missing: .*AgentReason/),
      });
      return bare.checks.filter(({ ok }) => !ok).map(({ name }) => name);
    }, 90_000);
    expect(names).toEqual(expect.arrayContaining(['search attributes', 'queue agents']));
    expect(names).not.toContain('namespace');
    const elsewhere = { ...home.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'bare' };
    for (const command of [['run', 'x'], ['list']]) {
      const { code, stderr } = await startBga({ ...home, env: elsewhere }, ...command).ended;
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /Namespace "bare" of Temporal at \S+ is not set up for agents \(.*Agent\w+.*\)\. Run bga setup/,
      );
    }
  }, 120_000);

  it('of a namespace that is not there says so, as every command does', async () => {
    const address = String((await doctor()).report.local.address);
    const elsewhere = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'nosuch' };
    expect((await doctor(elsewhere)).failing).toContainEqual({
      name: 'namespace',
      ok: false,
      detail: `there is none named nosuch at ${address}`,
      fix: 'Run: bga setup, or set TEMPORAL_NAMESPACE',
    });
    const commands = [['run', 'x'], ['list'], ['status', 'explore-000000000000'], ['worker']];
    for (const command of commands) {
      const env = { ...home.env, ...elsewhere };
      const { code, stderr } = await startBga({ ...home, env }, ...command).ended;
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(
          `Temporal at ${address} has no namespace "nosuch". Create it with bga setup, or set TEMPORAL_NAMESPACE.`,
        ),
      });
    }
  }, 60_000);

  it('of a cluster that is not there sends nobody to the local service', async () => {
    const { code, failing } = await doctor({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(code).toBe(1);
    expect(failing).toEqual([
      {
        name: 'reachable',
        ok: false,
        detail:
          'Temporal at 127.0.0.1:1 (namespace background-agents) cannot be reached. Nothing listens there.',
        fix: expect.stringMatching(/^Check that it is up, and TEMPORAL_ADDRESS/),
      },
    ]);
    expect(JSON.stringify(failing)).not.toContain('bga up');
  });

  it('of a certificate that cannot be read says which, and looks at the rest', async () => {
    const { code, report, failing } = await doctor({
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/nope.pem',
      TEMPORAL_TLS_CLIENT_KEY_PATH: '/nope.key',
    });
    expect(code).toBe(1);
    expect(failing).toMatchObject([{ name: 'reachable', detail: expect.stringContaining('/nope.pem') }]);
    expect(report.checks.map(({ name }) => name)).toContain('workspace');
  });

  // Last, because the server takes most of a minute to delete.
  it('what was asked of the workers has left nothing there', async () => {
    const connection = await Connection.connect({ address: String((await doctor()).report.local.address) });
    const client = new Client({ connection, namespace: 'background-agents' });
    const asked = `WorkflowType = 'doctor' AND StartTime < '${askedUntil}'`;
    await until(async () => (await client.workflow.count(asked)).count === 0, 120_000);
    await connection.close();
  }, 150_000);

  it('down stops all of it, and says what', async () => {
    const { report } = await doctor();
    const { code, stdout } = await home.bga('down');
    expect(code).toBe(0);
    // None had to be killed: each ended by itself when it was told to.
    expect(stdout).not.toContain('(killed)');
    for (const part of ['supervisor_pid', 'server_pid']) expect(stdout).toContain(String(report.local[part]));
    expect(readdirSync(home.home)).not.toEqual(expect.arrayContaining(['service.json']));
    expect((await doctor()).report.local).toMatchObject({ supervisor_pid: null, server_pid: null });
  });
});

/** Undefined when somebody has it already, which is as good. */
async function takePort(): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(7233, '127.0.0.1', () => resolve(server));
  });
}
