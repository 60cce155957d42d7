/** `bga codec-server` and the commands for keys, as processes. Nothing here needs a Temporal server. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endAll, type Home, newHome, startBga } from '../cli/process';
import { inTemporaryFolder } from './support';

let home: Home;
beforeAll(() => {
  home = newHome();
});
afterAll(async () => {
  endAll();
  await home.remove();
});

it('keeps a new key to itself, and says what to do with it', async () => {
  const { code, stdout } = await home.bga('config', 'new-encryption-key');
  const path = join(home.home, 'encryption-keys');
  const key = readFileSync(path, 'utf8').trim();
  expect(code).toBe(0);
  expect(stdout).toContain('Keep a copy of that file');
  const config = await home.bga('config');
  expect(config.stdout).toMatch(/encryptionKey +file +"set \(from file\)"/);
  const doctor = await home.bga('doctor');
  expect(doctor.stdout).toMatch(/ok +encryption: with key [0-9a-f]{12} from file/);
  for (const shown of [stdout, config.stdout, doctor.stdout]) expect(shown).not.toContain(key);
});

it('refuses what is no key, without repeating it', async () => {
  const env = { ...home.env, BGA_ENCRYPTION_KEY: 'CANARY' };
  const { code, stdout } = await startBga({ ...home, env }, 'doctor').ended;
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL +encryption: BGA_ENCRYPTION_KEY: encryption key 1 is not 32 bytes/);
  expect(stdout).not.toContain('CANARY');
});

it('serves the Web UI that it is told, with a token that stays the same', async () => {
  const origin = 'https://temporal.example';
  const running = startBga(home, 'codec-server', '--port', '0', '--ui-origin', origin);
  await running.shows(/Codec server at http:\/\/127\.0\.0\.1:\d+/);
  const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(running.stdout()) ?? [];
  const shown = await home.bga('codec-server', '--show-token', '--port', port, '--json');
  const { endpoint, token } = JSON.parse(shown.stdout);
  expect(running.stdout()).not.toContain(token);
  expect(statSync(join(home.home, 'codec-token')).mode & 0o777).toBe(0o600);

  const ask = (from: string) =>
    fetch(`${endpoint}/decode`, { method: 'POST', headers: { origin: from }, body: '{"payloads":[]}' });
  expect((await ask(origin)).status).toBe(200);
  expect((await ask('https://evil.example')).status).toBe(403);

  const second = await home.bga('codec-server', '--port', port, '--ui-origin', origin);
  expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining(`Port ${port} is taken`) });
  running.child.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0 });
  expect((await home.bga('codec-server', '--show-token', '--json')).stdout).toContain(token);
});

it.each([
  [['--ui-origin', 'https://x.example/path'], 'is no origin'],
  [['--port', '99999'], 'expected a number from 0'],
])('refuses %j', async (args, text) => {
  const { code, stderr } = await home.bga('codec-server', ...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
});

it('asks which Web UI, when it is not the local one', async () => {
  const env = { ...home.env, TEMPORAL_ADDRESS: 'temporal.example:7233' };
  const { code, stderr } = await startBga({ ...home, env }, 'codec-server').ended;
  expect([code, stderr]).toEqual([2, expect.stringContaining('--ui-origin https://')]);
});

it('the help needs none of it', () =>
  inTemporaryFolder(async (folder) => {
    const trace = join(folder, 'trace.js');
    writeFileSync(
      trace,
      'process.on("exit", () => console.error(Object.keys(require.cache).filter((name) => /src.codec.|@temporalio/.test(name)).join()));',
    );
    const env = { ...home.env, NODE_OPTIONS: `--require ${trace}` };
    const { stderr } = await startBga({ ...home, env }, '--help').ended;
    expect(stderr.trim()).toBe('');
  }));
