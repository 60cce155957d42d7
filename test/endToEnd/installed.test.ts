/**
 * The installed package in the hands of a new user: an empty folder, an empty home, an MCP client's configuration. Each of
 * its processes is killed in turn, with agents in flight. The tests build on one another.
 */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDirOf } from '../../src/local/paths';
import { connectTo, done, type Mcp, spawnAgent } from '../mcp/support';
import { BGA_LINK, installedPackage, linkTree } from '../support/installed';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type CommandResult, runProgram, until } from '../support/product';

let folder: string;
let installed: string;
let env: NodeJS.ProcessEnv;
let models: ModelServer;
let mcp: Mcp;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bga-user-')));
  installed = join(folder, 'installed');
  linkTree((await installedPackage()).folder, installed);
  for (const name of ['home', 'workspace']) mkdirSync(join(folder, name));
  models = await startModelServer();
  env = {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    // Only what takes minutes to get is not new.
    XDG_CACHE_HOME: dirname(cacheDirOf(process.env)),
    ANTHROPIC_API_KEY: 'test-key',
    ANTHROPIC_BASE_URL: models.url,
  };
  const server = {
    command: 'npx',
    args: ['-y', 'background-agents', 'mcp', '-C', join(folder, 'workspace')],
    env,
  };
  writeFileSync(join(installed, 'mcp.json'), JSON.stringify({ mcpServers: { 'background-agents': server } }));
  mcp = await startFromConfiguration();
}, 300_000);

afterAll(async () => {
  await mcp?.close();
  await bga('down');
  await models?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Just as the client's file says. */
async function startFromConfiguration(): Promise<Mcp> {
  const { command, args, env } = JSON.parse(readFileSync(join(installed, 'mcp.json'), 'utf8')).mcpServers[
    'background-agents'
  ];
  return connectTo({ command, args, env, cwd: installed });
}

function bga(...args: string[]): Promise<CommandResult> {
  return runProgram(join(installed, BGA_LINK), args, env, join(folder, 'workspace'));
}

interface Report {
  checks: { name: string; ok: boolean; detail: string; fix: string }[];
  local: { supervisor_pid: number; server_pid: number; worker_pids: number[]; address: string };
}

async function doctor(): Promise<Report> {
  return JSON.parse((await bga('doctor', '--json')).stdout);
}

/** What runs from here or for this home, one line each, with the environment. */
function running(): string[] {
  const all = execFileSync('ps', ['axeww', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: 50_000_000 });
  return all.split('\n').filter((line) => line.includes(folder));
}

const killNow = (pid: number) => process.kill(pid, 'SIGKILL');

interface Flight {
  id: string;
  land(): Promise<void>;
}

/** An agent that has called a tool, and whose model is being asked again. It hears nothing until it lands. */
async function agentInFlight(task: string): Promise<Flight> {
  let release: (step: { text: string }) => void = () => undefined;
  const answer = new Promise<{ text: string }>((resolve) => {
    release = resolve;
  });
  models.script(task, (turn) => (turn === 0 ? { tool: { name: 'list_files', input: {} } } : answer));
  const id = await spawnAgent(mcp, task, { lifetime: 'detached' });
  const isAsking = async () =>
    Number(Object((await done(mcp, 'agent_status', { agent_id: id })).progress).tool_calls) > 0;
  await until(isAsking, 60_000);
  return {
    id,
    land: async () => {
      release({ text: `${task}: done` });
      const waited = await bga('wait', id, '--json');
      expect(JSON.parse(waited.stdout)).toMatchObject({
        finished: [{ agent_id: id, status: 'completed', result: `${task}: done` }],
      });
    },
  };
}

/** The next command works at once, and so does the client's next call, perhaps at the second try. */
async function expectUsable(id: string): Promise<void> {
  const { code, stdout, stderr } = await bga('status', id, '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ agent_id: id, status: 'running' });
  await until(async () => !(await mcp.call('agent_status', { agent_id: id })).isError, 60_000);
}

it('works from the configuration alone', async () => {
  models.script('first', [{ text: 'the answer' }]);
  const id = await spawnAgent(mcp, 'first');
  await done(mcp, 'agent_wait', { agent_ids: [id], timeout_ms: 50_000 });
  expect(await done(mcp, 'agent_output', { agent_id: id })).toMatchObject({
    status: 'completed',
    text: 'the answer',
  });
  expect(await doctor()).toMatchObject({ ok: true });
}, 120_000);

it('goes on when the MCP server is killed', async () => {
  const flight = await agentInFlight('mcp server');
  const [line] = running().filter((each) => /^\s*\d+ \S*node \S*\.bin\/background-agents mcp /.test(each));
  killNow(Number.parseInt(String(line), 10));
  await mcp.close();
  mcp = await startFromConfiguration();
  await expectUsable(flight.id);
  await flight.land();
}, 180_000);

it.each(['worker', 'server'])(
  'goes on when the %s is killed, and doctor tells of it',
  async (part) => {
    const flight = await agentInFlight(part);
    const { local } = await doctor();
    killNow(part === 'worker' ? Number(local.worker_pids[0]) : local.server_pid);
    await expectUsable(flight.id);
    await flight.land();
    const { checks } = await doctor();
    expect(checks.map(({ detail }) => detail).join('\n')).toContain(`${part} was ended by SIGKILL`);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  },
  180_000,
);

it('goes on with the next command when the supervisor is killed, and until then doctor tells of it', async () => {
  const flight = await agentInFlight('supervisor');
  const before = (await doctor()).local;
  killNow(before.supervisor_pid);
  const { checks } = await doctor();
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: 'supervisor',
      ok: false,
      detail: expect.stringContaining('not running'),
    }),
  );
  await expectUsable(flight.id);
  const { local } = await doctor();
  expect(local.supervisor_pid).not.toBe(before.supervisor_pid);
  await flight.land();
}, 180_000);

it('goes on at another port when its own was taken while it was down', async () => {
  const flight = await agentInFlight('port');
  const { local } = await doctor();
  expect((await bga('down')).code).toBe(0);
  const thief = createServer().listen(Number(local.address.split(':')[1]), '127.0.0.1');
  await until(() => thief.listening);
  try {
    const { code, stdout } = await bga('up');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('is taken by another program'),
    });
    await expectUsable(flight.id);
    expect((await doctor()).local.address).not.toBe(local.address);
    await flight.land();
  } finally {
    thief.close();
  }
}, 180_000);

it('leaves not one process and no lock after bga down', async () => {
  await mcp.close();
  expect((await bga('down')).code).toBe(0);
  await until(() => running().length === 0).catch(() => expect(running()).toEqual([]));
  const state = readdirSync(join(folder, 'home', '.local', 'state', 'background-agents'));
  expect(state.filter((name) => /lock|service\.json|\.sock|\.pid/.test(name))).toEqual([]);
}, 60_000);
