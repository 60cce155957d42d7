/** What the service does about its own parts, and what it tells of that. */
import fs from 'node:fs';
import path from 'node:path';
import type { LocalOptions, ModelAccess } from '../../src/local';
import { fingerprint } from '../../src/local/access';
import {
  cleanUp,
  killNow,
  local,
  makeDir,
  serviceOptions,
  until,
  workerCommand,
  writeProgram,
} from './support';

const ignore = () => undefined;

afterEach(cleanUp, 60_000);

async function check(options: LocalOptions, name: string) {
  const { checks } = await local.inspectService(options);
  const found = checks.find((each) => each.name === name);
  if (!found) throw new Error(`no check ${name}`);
  return found;
}

const sizeOf = (file: string) => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;

describe('a part that ends again and again', () => {
  it('is started less and less often, is told of everywhere, and recovers once that is mended', async () => {
    const options = serviceOptions(makeDir(), { workerCommand: workerCommand('mendable') });
    const { workers } = await local.ensureService(options, ignore);
    const broken = path.join(options.stateDir, 'broken');
    fs.writeFileSync(broken, '');
    for (const worker of workers) await killNow(worker);
    await until('it has backed off', () =>
      (local.readService(options.stateDir)?.endings?.worker?.inARow ?? 0) >= 5 ? true : undefined,
    );

    const told =
      /the worker ended \d+ times in \d+ s, last it ended with code 7.*; its log says "the model is missing"/;
    const failing = await check(options, 'supervisor');
    expect(failing).toMatchObject({ ok: false, fix: expect.stringMatching(/once the cause is mended/) });
    expect(failing.detail).toMatch(told);
    expect(failing.detail).toMatch(/next try within \d+ s/);

    const said: string[] = [];
    const waiting = local.ensureService(options, ({ text }) => said.push(text));
    await until('the waiting command says so', () => (told.test(said.join('\n')) ? true : undefined));
    fs.rmSync(broken);
    const { endings } = await waiting;
    expect(endings?.worker?.count).toBeGreaterThanOrEqual(5);

    const { checks } = await local.inspectService(options);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect((await check(options, 'history')).detail).toMatch(
      /^the worker was restarted \d+ times since 20\S+Z, last: it ended with code 7 at 20\S+Z$/,
    );
    const log = fs.readFileSync(path.join(options.stateDir, 'logs', 'supervisor.log'), 'utf8');
    const pauses = [...log.matchAll(/ended \d times in a row; next try in (\d+) ms/g)].map(([, ms]) => ms);
    expect(pauses.slice(0, 4)).toEqual(['200', '400', '800', '1600']);
  }, 90_000);

  it('is history also when the supervisor itself was killed', async () => {
    const options = serviceOptions(makeDir());
    const first = await local.ensureService(options, ignore);
    for (const worker of first.workers) await killNow(worker);
    await until('again ready', () =>
      local.readyService(options.stateDir)?.restarts.worker ? true : undefined,
    );
    await killNow(first.supervisor);
    await local.ensureService(options, ignore);
    const { ok, detail } = await check(options, 'history');
    expect(ok).toBe(true);
    expect(detail).toMatch(/the supervisor was restarted once since .* it ended without a word/);
    expect(detail).toMatch(/the worker was restarted once since .* it was ended by SIGKILL/);
    await local.stopService(options.stateDir);
    await local.ensureService(options, ignore);
    expect((await check(options, 'history')).detail).toMatch(/^nothing ended by itself since/);
  });
});

it('is restarted with another key from the binary that it runs, when the cache has none', async () => {
  const options = serviceOptions(makeDir());
  const before = await local.ensureService(options, ignore);
  const env = { ...options.env, PATH: '/bin', BGA_NO_DOWNLOAD: '1' };
  const access: ModelAccess = { provider: 'anthropic', key: 'environment', fingerprint: fingerprint('a') };
  const emptied = { ...options, env, cacheDir: makeDir('cache'), wanted: { access } };
  const after = await local.ensureService(emptied, ignore);
  expect(after.binary).toBe(before.binary);
  expect(after.supervisor.pid).not.toBe(before.supervisor.pid);
});

describe('logs', () => {
  it('stay below their bound while they are flooded, and whoever writes them goes on', async () => {
    const maxLogBytes = 100_000;
    const options = serviceOptions(makeDir(), { workerCommand: workerCommand('flood'), maxLogBytes });
    const { workers } = await local.ensureService(options, ignore);
    const { supervisorLog, serverLog, workerLog } = local.localPaths(options.stateDir);
    // As the server writes: at the end, wherever that is by then.
    const writers = [serverLog, supervisorLog].map((file) => fs.openSync(file, 'a'));
    let written = 0;
    let most = 0;
    await until('ten megabytes have been written', () => {
      for (const writer of writers) written += fs.writeSync(writer, `server line ${'y'.repeat(20_000)}\n`);
      for (const log of [supervisorLog, serverLog, workerLog]) most = Math.max(most, sizeOf(log));
      const last = Number(/^(\d+) x+$/.exec(tail(workerLog).at(-2) ?? '')?.[1] ?? 0);
      return last >= 100_000 ? true : undefined;
    });
    for (const writer of writers) fs.closeSync(writer);
    expect(written).toBeGreaterThan(10 * maxLogBytes);
    // What is written in the second between two looks; the worker alone writes ten megabytes.
    expect(most).toBeLessThan(5_000_000);
    await until('all are cut', () =>
      [supervisorLog, serverLog].every((log) => sizeOf(log) <= maxLogBytes) ? true : undefined,
    );
    for (const log of [supervisorLog, serverLog, workerLog]) {
      expect(sizeOf(`${log}.1`)).toBeGreaterThan(0);
      expect(sizeOf(`${log}.1`)).toBeLessThanOrEqual(maxLogBytes);
    }
    expect(local.readyService(options.stateDir)).toMatchObject({
      workers,
      restarts: { server: 0, worker: 0 },
    });
  }, 90_000);
});

function tail(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split('\n').slice(-3);
}

describe('a database', () => {
  it('that is something else is refused with its name and the way out', async () => {
    const options = serviceOptions(makeDir());
    const { database } = local.localPaths(options.stateDir);
    fs.writeFileSync(database, 'Dear diary, this is no database at all.');
    const error = await local.ensureService(options, ignore).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'start_failed' });
    expect(String(error)).toContain(`The file ${database} is not a database of Temporal's. Put a copy of it`);
    expect(fs.readFileSync(database, 'utf8')).toMatch(/^Dear diary/);
  });

  it('whose making was cut short is made anew', async () => {
    const options = serviceOptions(makeDir());
    const { database } = local.localPaths(options.stateDir);
    const { path: real } = await local.resolveBinary(options, ignore);
    // Its first start is killed when there is a file and no table yet.
    const serverBinary = writeProgram(
      options.stateDir,
      'temporal',
      `[ "$1" = --version ] && exec ${real} "$@"\n[ -e tried ] && exec ${real} "$@"\ntouch tried temporal.db; kill -9 $$`,
    );
    const { notes } = await local.ensureService({ ...options, serverBinary }, ignore);
    expect(notes).toEqual([expect.stringMatching(/interrupted.*temporal\.db\.unfinished/)]);
    expect(fs.existsSync(`${database}.making`)).toBe(false);
    await local.stopService(options.stateDir);
    // And is no longer touched.
    expect((await local.ensureService(options, ignore)).notes).toEqual([]);
  });

  it('that is damaged is named with the way out', async () => {
    const options = serviceOptions(makeDir());
    const { database } = local.localPaths(options.stateDir);
    fs.writeFileSync(database, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8_176, 19)]));
    const error = await local.ensureService(options, ignore).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'start_failed' });
    expect(String(error)).toContain(`The database ${database} is damaged. Put a copy of it`);
  });

  it('of a newer server is refused also when the program was changed under the running supervisor', async () => {
    const home = makeDir();
    const real = await local.resolveBinary(serviceOptions(home), ignore);
    const program = (version: string) =>
      writeProgram(
        home,
        'temporal',
        `[ "$1" = --version ] && { echo "temporal version 9 (Server ${version}, UI 2)"; exit; }\nexec ${real.path} "$@"`,
      );
    const options = serviceOptions(home, { serverBinary: program('1.31.0') });
    const { server, serverVersion } = await local.ensureService(options, ignore);
    expect(serverVersion).toBe('1.31.0');
    program('1.29.1');
    if (server) await killNow(server);
    const state = await until('it gave up', () => {
      const left = JSON.parse(fs.readFileSync(local.localPaths(home).stateFile, 'utf8'));
      return left.state === 'failed' ? left : undefined;
    });
    expect(state.lastError.message).toMatch(
      /written by Temporal server 1\.31\.0.*older 1\.29\.1.*Either install/s,
    );
    await until('it has gone', () => (local.readService(home) ? undefined : true));
    await expect(local.ensureService(options, ignore)).rejects.toMatchObject({ code: 'newer_database' });
    program('1.32.0');
    expect(await local.ensureService(options, ignore)).toMatchObject({ serverVersion: '1.32.0' });
  });
});
