/** The local service as callers meet it: real processes, the real server, kill -9. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LocalOptions, ReadyState } from '../../src/local';
import { isAlive, type ProcessRef } from '../../src/local/process';
import { writeState } from '../../src/local/state';
import {
  cleanUp,
  ensureScript,
  fakeTemporal,
  killNow,
  local,
  makeDir,
  serviceOptions,
  until,
  workerCommand,
  writeProgram,
} from './support';

const run = promisify(execFile);
const ignore = () => undefined;
const ensure = (options: LocalOptions) => local.ensureService(options, ignore);

// Where nothing is cached yet, this fetches the binary, which takes minutes.
beforeAll(async () => {
  await local.resolveBinary(serviceOptions('/unused'), ignore);
}, 1_800_000);
afterEach(cleanUp, 60_000);

function processes(state: ReadyState): ProcessRef[] {
  return [state.supervisor, ...(state.server ? [state.server] : []), ...state.workers];
}

function pidOf(ref: ProcessRef | undefined): number {
  if (!ref) throw new Error('no such process');
  return ref.pid;
}

function recovered(options: LocalOptions, before: ReadyState): Promise<ReadyState> {
  return until('ready again', () => {
    const state = local.readyService(options.stateDir);
    return state &&
      processes(state).every(isAlive) &&
      JSON.stringify(processes(state)) !== JSON.stringify(processes(before))
      ? state
      : undefined;
  });
}

it('comes up, is found again at once, is seen by the doctor, and goes down without a trace', async () => {
  const options = serviceOptions(makeDir());
  const said: string[] = [];
  const state = await local.ensureService(options, ({ text }) => said.push(text));
  expect(said.join('\n')).toMatch(/starting the local Temporal server/);
  expect(state).toMatchObject({ provider: 'offline', notes: [], namespace: 'agents-test' });
  expect((await fetch(state.uiUrl)).status).toBe(200);

  const startedMs = performance.now();
  expect(await ensure(options)).toEqual(state);
  expect(performance.now() - startedMs).toBeLessThan(10_000);

  const { local: facts, checks } = await local.inspectService(options);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(facts).toEqual({
    supervisor_pid: state.supervisor.pid,
    server_pid: pidOf(state.server),
    worker_pids: state.workers.map(({ pid }) => pid),
    address: state.address,
    ui_url: state.uiUrl,
    database: path.join(options.stateDir, 'temporal.db'),
    logs: path.join(options.stateDir, 'logs'),
  });

  const { stopped } = await local.stopService(options.stateDir);
  expect(stopped.map(({ what, how }) => [what, how])).toEqual([
    ['worker', 'terminated'],
    ['server', 'terminated'],
    ['supervisor', 'terminated'],
  ]);
  expect(processes(state).filter(isAlive)).toEqual([]);
  expect(fs.readdirSync(options.stateDir).filter((name) => /lock|service/.test(name))).toEqual([]);
  expect((await local.stopService(options.stateDir)).text).toBe('The local service was not running.');
  const after = await local.inspectService(options);
  expect(after.local).toMatchObject({ supervisor_pid: null, server_pid: null, worker_pids: [] });
  expect(after.checks.filter(({ ok }) => !ok).every(({ fix }) => fix !== '')).toBe(true);
});

it('is one, however many ask for it at the same instant', async () => {
  const options = serviceOptions(makeDir());
  const callers = Array.from({ length: 10 }, () =>
    run(process.execPath, [ensureScript, JSON.stringify({ ...options, env: undefined })]),
  );
  const states = (await Promise.all(callers)).map(({ stdout }) => JSON.parse(stdout).state);
  expect(new Set(states.map((state) => JSON.stringify(processes(state)))).size).toBe(1);
  expect(isAlive(states[0].supervisor)).toBe(true);
  const log = fs.readFileSync(path.join(options.stateDir, 'logs', 'supervisor.log'), 'utf8');
  expect(log.match(/supervisor \d+ starts/g)).toHaveLength(1);
}, 120_000);

it("has a port of its own beside another that starts at the same instant, so that neither has the other one's agents", async () => {
  const one = serviceOptions(makeDir());
  const { path: real } = await local.resolveBinary(one, ignore);
  // Long between the look for a free port and the server that listens there.
  const serverBinary = writeProgram(
    one.stateDir,
    'temporal',
    `[ "$1" = --version ] || sleep 3\nexec ${real} "$@"`,
  );
  const [first, second] = await Promise.all([
    local.ensureService({ ...one, serverBinary }, ignore),
    local.ensureService({ ...one, stateDir: makeDir() }, ignore),
  ]);
  expect(first.address).not.toBe(second.address);
  // Neither had to be started anew.
  expect([first.restarts.server, second.restarts.server]).toEqual([0, 0]);
}, 120_000);

it('works in a folder with spaces, umlauts and characters that mean something in a URL, for its owner alone', async () => {
  const options = serviceOptions(path.join(makeDir(), 'a folder', 'Größe ?#%20 ☃'));
  // A proxy that an office prescribes for everything is no way to one's own machine.
  for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy']) options.env[name] = 'http://127.0.0.1:9';
  const state = await ensure(options);
  expect(fs.existsSync(state.database)).toBe(true);
  expect(fs.statSync(state.database).mode & 0o077).toBe(0);
  expect(fs.statSync(options.stateDir).mode & 0o077).toBe(0);
  await local.stopService(options.stateDir);
});

it('uses another port when one is taken, says so, and keeps it', async () => {
  const options = serviceOptions(makeDir());
  const taken = net.createServer();
  await new Promise<void>((resolve) => taken.listen(options.preferredPort, '127.0.0.1', resolve));
  const { address, notes } = await ensure(options);
  await new Promise((resolve) => taken.close(resolve));
  expect(address).not.toBe(`127.0.0.1:${options.preferredPort}`);
  expect(notes).toEqual([
    `Port ${options.preferredPort} is taken by another program; the local Temporal server uses ${address.split(':')[1]}.`,
  ]);
  await local.stopService(options.stateDir);
  expect((await ensure(options)).address).toBe(address);
});

it('recovers when its processes are killed with -9, one after another', async () => {
  const options = serviceOptions(makeDir());
  let state = await ensure(options);
  const { address, supervisor } = state;

  process.kill(pidOf(state.workers[0]), 'SIGKILL');
  state = await recovered(options, state);
  expect(state.restarts).toEqual({ server: 0, worker: 1 });

  const [worker] = state.workers;
  process.kill(pidOf(state.server), 'SIGKILL');
  state = await recovered(options, state);
  expect(state).toMatchObject({ address, supervisor, restarts: { server: 1, worker: 1 }, workers: [worker] });
  expect(state.lastError?.message).toMatch(/server was ended by SIGKILL/);

  const orphan = state.server;
  await killNow(supervisor);
  const next = await ensure(options);
  expect(next.supervisor).not.toEqual(supervisor);
  expect(next.address).toBe(address);
  expect(orphan && isAlive(orphan)).toBe(false);
  expect(processes(next).every(isAlive)).toBe(true);
}, 120_000);

it('leaves nothing running when it is stopped after its supervisor was killed', async () => {
  const options = serviceOptions(makeDir());
  const state = await ensure(options);
  await killNow(state.supervisor);
  // Not even with the file that names them.
  fs.rmSync(path.join(options.stateDir, 'service.json'));
  await local.stopService(options.stateDir);
  await until('all gone', () => (processes(state).some(isAlive) ? undefined : true));
});

it('goes on being found when somebody damages or removes what it says of itself', async () => {
  const options = serviceOptions(makeDir());
  const state = await ensure(options);
  const { stateFile, portsFile } = local.localPaths(options.stateDir);
  fs.writeFileSync(stateFile, 'garbage{');
  fs.writeFileSync(portsFile, 'nope');
  expect((await ensure(options)).supervisor).toEqual(state.supervisor);
  fs.rmSync(stateFile);
  expect((await ensure(options)).server).toEqual(state.server);
}, 120_000);

it('ends by itself when its folder is removed', async () => {
  const options = serviceOptions(makeDir());
  const state = await ensure(options);
  fs.rmSync(options.stateDir, { recursive: true, force: true });
  await until('all gone', () => (processes(state).some(isAlive) ? undefined : true));
});

it('is not misled by what another boot or a crash left behind', async () => {
  const options = serviceOptions(makeDir());
  const paths = local.localPaths(options.stateDir);
  const stale = { pid: process.pid, started: 'another-boot.1' };
  writeState(paths, {
    ...{ state: 'ready', supervisor: stale, server: stale, workers: [stale], startedAtMs: 0, namespace: 'x' },
    ...{ address: '127.0.0.1:1', uiUrl: 'http://127.0.0.1:1', database: 'x', logs: 'x', version: '0' },
    ...{ serverVersion: '0.0.0', binary: 'x', notes: [], restarts: { server: 0, worker: 0 } },
  });
  const state = await ensure(options);
  expect(state.address).not.toBe('127.0.0.1:1');
  await local.stopService(options.stateDir);
  fs.writeFileSync(paths.stateFile, '{"state": "rea');
  expect((await ensure(options)).address).toBe(state.address);
});

it('stops a worker that does not listen', async () => {
  const options = serviceOptions(makeDir(), { workerCommand: workerCommand('deaf') });
  const state = await ensure(options);
  await local.stopService(options.stateDir);
  expect(processes(state).filter(isAlive)).toEqual([]);
});

it('says why a worker does not start, leaves nothing running, and starts once that is mended', async () => {
  const options = serviceOptions(makeDir(), { workerCommand: workerCommand('crash') });
  const error = await ensure(options).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'start_failed' });
  expect(String(error)).toMatch(/worker ended with code 7.*the model is missing/s);
  expect(String(error)).toContain(path.join(options.stateDir, 'logs'));
  await until('the supervisor has gone', () => (local.readService(options.stateDir) ? undefined : true));
  expect((await local.inspectService(options)).local.server_pid).toBeNull();
  expect((await ensure({ ...options, workerCommand: workerCommand('good') })).state).toBe('ready');
});

it('says why a server does not start', async () => {
  const home = makeDir();
  const serverBinary = writeProgram(
    home,
    'temporal',
    `[ "$1" = server ] && { echo "disk image is malformed" >&2; exit 1; }; ${fakeTemporal('1.29.1')}`,
  );
  const error = await ensure(serviceOptions(home, { serverBinary })).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'start_failed' });
  expect(String(error)).toMatch(/server ended with code 1.*disk image is malformed/s);
});

it('gives up waiting after its deadline, and says what it waited for', async () => {
  const home = makeDir();
  const serverBinary = writeProgram(
    home,
    'temporal',
    `[ "$1" = server ] && exec sleep 60; ${fakeTemporal('1.29.1')}`,
  );
  const options = serviceOptions(home, { serverBinary, startTimeoutMs: 4_000 });
  const error = await ensure(options).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'start_timeout' });
  expect(String(error)).toMatch(/not ready within 4 s \(it is starting\)/);
});

it('refuses a database that a newer server wrote, and says the way out', async () => {
  const home = makeDir();
  const { database, databaseVersion } = local.localPaths(home);
  fs.writeFileSync(database, '');
  fs.writeFileSync(databaseVersion, '1.31.0\n');
  const serverBinary = writeProgram(home, 'temporal', fakeTemporal('1.29.1'));
  const error = await ensure(serviceOptions(home, { serverBinary })).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'newer_database' });
  expect(String(error)).toMatch(/written by Temporal server 1\.31\.0.*older 1\.29\.1.*Either install/s);
  expect(fs.readFileSync(database, 'utf8')).toBe('');
});
