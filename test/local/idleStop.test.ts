import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { LocalOptions, ServiceState } from '../../src/local';
import { lastUse } from '../../src/local/idle';
import { cleanUp, ensureScript, local, makeDir, serviceOptions, until } from './support';

const idleStopMs = 2_000;
const clients: ChildProcess[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.kill('SIGKILL');
  await cleanUp();
}, 60_000);

const argument = (options: LocalOptions) => JSON.stringify({ ...options, env: undefined });

/** As a command of `bga` does: it comes, and ends. This process must not become a client itself. */
async function shortCommand(options: LocalOptions): Promise<ServiceState> {
  const { stdout } = await promisify(execFile)(process.execPath, [ensureScript, argument(options)]);
  return JSON.parse(stdout).state;
}

/** As an MCP server does. */
async function longClient(options: LocalOptions): Promise<ChildProcess> {
  const client = spawn(process.execPath, [ensureScript, argument(options), 'stay']);
  clients.push(client);
  await once(client.stdout, 'data');
  return client;
}

const gone = (options: LocalOptions) => () => (local.readService(options.stateDir) ? undefined : true);
const severalTimesIdle = () => new Promise((resolve) => setTimeout(resolve, 3 * idleStopMs));

it('a service that nobody uses ends by itself, and the next command starts it again', async () => {
  const options = serviceOptions(makeDir(), { idleStopMs });
  const first = await shortCommand(options);
  await until('it has ended', gone(options));
  // The lock goes last.
  const left = () => fs.readdirSync(options.stateDir).filter((name) => /lock|service/.test(name));
  await until('nothing is left', () => (left().length === 0 ? true : undefined));
  expect(fs.readdirSync(local.localPaths(options.stateDir).clientsDir)).toEqual([]);
  const second = await shortCommand(options);
  expect(second).toMatchObject({ state: 'ready', address: first.address });
}, 90_000);

it('a client that is there, or an agent that runs, keeps it', async () => {
  const options = serviceOptions(makeDir(), { idleStopMs });
  const client = await longClient(options);
  await severalTimesIdle();
  const { address, namespace, supervisor } = local.readyService(options.stateDir) ?? {};
  const connection = await Connection.connect({ address: address ?? '' });
  // Nobody runs it: that does not matter for whether it is open.
  const agent = await new Client({ connection, namespace: namespace ?? '' }).workflow.start('agent', {
    taskQueue: 'nobody',
    workflowId: 'open',
  });
  client.kill('SIGKILL');
  await severalTimesIdle();
  expect(local.readyService(options.stateDir)?.supervisor).toEqual(supervisor);
  await agent.terminate();
  await connection.close();
  await until('it has ended', gone(options));
}, 120_000);

it('use is a client that is there, or one that came or went since', () => {
  expect(lastUse({ living: 1, changedAtMs: 5 }, 3, 9)).toBe(9);
  expect(lastUse({ living: 0, changedAtMs: 5 }, 3, 9)).toBe(5);
  expect(lastUse({ living: 0, changedAtMs: undefined }, 3, 9)).toBe(3);
});
