/** Keys that come and change while the service runs: the next command restarts it, once, and says so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readyService } from '../../src/local';
import { connectMcp } from '../mcp/support';
import {
  messageEnd,
  messageStart,
  type RawModelServer,
  startRawModelServer,
  textEvents,
} from '../support/rawModelServer';
import { endAll, type Home, newHome, startBga } from './process';

let models: RawModelServer;
let home: Home;

beforeAll(async () => {
  const events = [messageStart(), ...textEvents(0, 'from the model'), ...messageEnd('end_turn')];
  models = await startRawModelServer(() => ({ events }));
  home = newHome();
}, 60_000);
afterAll(async () => {
  endAll();
  await home?.remove();
  await models?.stop();
});

/** A shell with this key, and the gateway that it is for. */
const shell = (key: string, more: NodeJS.ProcessEnv = {}): Home => ({
  ...home,
  env: { ...home.env, ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: models.url, ...more },
});
const bga = (place: Home, ...args: string[]) => startBga(place, ...args).ended;
const lastKey = () => models.requests.at(-1)?.headers.authorization?.split(' ')[1];

function service() {
  const state = readyService(home.home);
  if (!state) throw new Error('The service is not ready.');
  return state;
}

function starts(): number {
  const log = readFileSync(join(home.home, 'logs', 'supervisor.log'), 'utf8');
  return log.match(/supervisor \d+ starts/g)?.length ?? 0;
}

it('a key that came after the worker was started restarts it, once, whoever comes', async () => {
  expect((await bga(home, 'run', 'before')).stdout).toContain('Offline scout');
  expect(service().access).toEqual({ provider: 'offline', key: 'none' });

  const callers = Array.from({ length: 10 }, () => bga(shell('key-one'), 'list'));
  const results = await Promise.all(callers);
  expect(results.map(({ code }) => code)).toEqual(Array(10).fill(0));
  expect(starts()).toBe(2);
  const told = results.filter(({ stderr }) =>
    stderr.includes('without the API key that you have now: restarted with it.'),
  );
  expect(told.length).toBeGreaterThan(0);
  expect((await bga(shell('key-one'), 'run', 'after')).stdout).toContain('from the model');
  expect(lastKey()).toBe('key-one');
  expect(starts()).toBe(2);
}, 240_000);

it('is neither recorded nor printed', async () => {
  const { stdout } = await bga(shell('key-one'), 'up', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    provider: 'anthropic',
    access: { key: 'environment' },
    remarks: [],
  });
  expect(JSON.parse(stdout).access).not.toHaveProperty('fingerprint');
  expect(readFileSync(join(home.home, 'service.json'), 'utf8')).not.toContain('key-one');
});

it('a caller with less takes nothing away', async () => {
  const { supervisor } = service();
  await bga(home, 'list');
  const less = await bga(shell('key-one', { BGA_MODEL_PROVIDER: 'offline' }), 'up');
  expect(less.stdout).toMatch(/anthropic, with a key .* that this shell has not; .*: bga down, then bga up/);
  expect(service().supervisor).toEqual(supervisor);
});

it('another key restarts it, and the first one is not taken back by itself', async () => {
  expect((await bga(shell('key-two'), 'run', 'changed')).stderr).toContain(
    'another API key than the one you have now: restarted',
  );
  expect(lastKey()).toBe('key-two');

  const doctor = await bga(shell('key-one'), 'doctor');
  expect(doctor.stdout).toMatch(/worker's model: .*another API key.*left as it is/);
  const back = await bga(shell('key-one'), 'run', 'again');
  expect(back.stderr).toMatch(/another API key than the one you have now. It was left as it is/);
  expect(lastKey()).toBe('key-two');

  expect((await bga(shell('key-one'), 'up')).stdout).toMatch(/was restarted.*another API key/s);
  await bga(shell('key-one'), 'run', 'asked for');
  expect(lastKey()).toBe('key-one');
}, 120_000);

it('a stored key restarts a worker that was started without one, and an MCP client is told once', async () => {
  await home.bga('down');
  await home.bga('up');
  const set = startBga(home, 'config', 'set-key');
  set.child.stdin?.end('key-three');
  expect((await set.ended).stdout).toContain('the next command restarts it');
  const gateway: Home = { ...home, env: { ...home.env, ANTHROPIC_BASE_URL: models.url } };
  expect((await bga(gateway, 'doctor')).stdout).toMatch(/FAIL {2}worker's model: .*without the API key/);
  const mcp = await connectMcp(gateway);
  const told = 'without the API key that you have now: restarted with it.';
  expect((await mcp.call('agent_list')).text).toContain(told);
  expect((await mcp.call('agent_list')).text).not.toContain(told);
  await mcp.close();
  await bga(gateway, 'run', 'stored');
  expect(lastKey()).toBe('key-three');
}, 120_000);
