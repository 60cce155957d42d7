/**
 * The installed package in the hands of a new user: an empty folder, an empty home, an MCP client's configuration. Each of
 * its processes is killed in turn, its disk filled, its port taken and its key changed, with agents in flight. The tests
 * build on one another.
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
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDirOf } from '../../src/local/paths';
import { connectTo, done, type Mcp, spawnAgent } from '../mcp/support';
import { fill, mountSmallDisk, type SmallDisk } from '../support/fullDisk';
import { BGA_LINK, installedPackage, linkTree } from '../support/installed';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type CommandResult, runProgram, until } from '../support/product';
import { takePort } from '../support/takePort';

/** A bound on hangs. */
const PATIENCE_MS = 300_000;
const LEAVING_MS = 60_000;
jest.setTimeout(PATIENCE_MS);

let folder: string;
let installed: string;
let env: NodeJS.ProcessEnv;
let models: ModelServer;
let mcp: Mcp;
/** Of its state; undefined where nobody may mount one. */
let disk: SmallDisk | undefined;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bga-user-')));
  installed = join(folder, 'installed');
  linkTree((await installedPackage()).folder, installed);
  for (const name of ['home', 'workspace']) mkdirSync(join(folder, name));
  disk = mountSmallDisk(stateDir());
  models = await startModelServer();
  env = {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    // Only what takes minutes to get is not new.
    XDG_CACHE_HOME: dirname(cacheDirOf(process.env)),
    ANTHROPIC_API_KEY: 'test-key',
    ANTHROPIC_BASE_URL: models.url,
    // A lost session is noticed after four of them: 100 s by default.
    BGA_SESSION_LEASE_MS: '5000',
  };
  configure();
  mcp = await startFromConfiguration();
});

afterAll(async () => {
  await mcp?.close();
  await bga('down');
  await models?.stop();
  disk?.unmount();
  rmSync(folder, { recursive: true, force: true });
});

/** Where XDG puts it when nothing says otherwise. */
function stateDir(): string {
  return join(folder, 'home', '.local', 'state', 'background-agents');
}

/** Into the client's file. */
function configure(): void {
  const args = ['-y', 'background-agents', 'mcp', '-C', join(folder, 'workspace')];
  const mcpServers = { 'background-agents': { command: 'npx', args, env } };
  writeFileSync(join(installed, 'mcp.json'), JSON.stringify({ mcpServers }));
}

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

function detailOf({ checks }: Report, name: string): string {
  return checks.find((check) => check.name === name)?.detail ?? '';
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
  await until(isAsking, PATIENCE_MS);
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
  await until(async () => !(await mcp.call('agent_status', { agent_id: id })).isError, PATIENCE_MS);
}

it('works from the configuration alone', async () => {
  models.script('never answered', () => new Promise(() => undefined));
  models.script('first', [{ text: 'the answer' }]);
  const id = await spawnAgent(mcp, 'first');
  await done(mcp, 'agent_wait', { agent_ids: [id], timeout_ms: 50_000 });
  expect(await done(mcp, 'agent_output', { agent_id: id })).toMatchObject({
    status: 'completed',
    text: 'the answer',
  });
  expect(await doctor()).toMatchObject({ ok: true });
});

it('goes on when the MCP server is killed, and doctor tells of what was lost with it', async () => {
  const flight = await agentInFlight('mcp server');
  const bound = await spawnAgent(mcp, 'never answered');
  const [line] = running().filter((each) => /^\s*\d+ \S*node \S*\.bin\/background-agents mcp /.test(each));
  killNow(Number.parseInt(String(line), 10));
  await mcp.close();
  mcp = await startFromConfiguration();
  await expectUsable(flight.id);
  await flight.land();
  const lost = await bga('wait', bound, '--json');
  expect(JSON.parse(lost.stdout)).toMatchObject({
    finished: [{ agent_id: bound, status: 'killed', reason: 'session_lost' }],
  });
  await until(
    async () =>
      /^1 agent was stopped .* because the client was gone/.test(detailOf(await doctor(), 'sessions')),
    LEAVING_MS,
  );
});

it.each(['worker', 'server'])('goes on when the %s is killed, and doctor tells of it', async (part) => {
  const flight = await agentInFlight(part);
  const { local } = await doctor();
  killNow(part === 'worker' ? Number(local.worker_pids[0]) : local.server_pid);
  await expectUsable(flight.id);
  await flight.land();
  const report = await doctor();
  expect(detailOf(report, 'history')).toMatch(
    new RegExp(`the ${part} was restarted once since \\S+, last: it was ended by SIGKILL`),
  );
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
});

it('goes on with the next command when the supervisor is killed, and doctor tells of it before and after', async () => {
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
  await flight.land();
  const report = await doctor();
  expect(report.local.supervisor_pid).not.toBe(before.supervisor_pid);
  expect(detailOf(report, 'history')).toMatch(
    /the supervisor was restarted once since .* ended without a word/,
  );
});

it('waits while its disk is full, goes on when there is space, and doctor tells of both', async () => {
  // Nothing else fills a disk without filling that of everybody here.
  if (disk === undefined)
    throw new Error('This test mounts a small file system: run it as root on Linux, where that is allowed.');
  const flight = await agentInFlight('disk');
  const filler = join(stateDir(), 'filler');
  fill(filler);
  const checkDisk = async () => (await doctor()).checks.find(({ name }) => name === 'disk');
  const full = await until(async () => {
    const check = await checkDisk();
    return check?.ok === false && check;
  }, PATIENCE_MS);
  expect(full).toMatchObject({ fix: expect.stringContaining('everything goes on by itself') });
  expect(await bga('list')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/disk full: .*Free some space/),
  });
  rmSync(filler);
  await until(async () => (await checkDisk())?.ok, PATIENCE_MS);
  await expectUsable(flight.id);
  await flight.land();
  expect(detailOf(await doctor(), 'history')).toMatch(/the disk was full from \S+Z to \S+Z/);
});

it('goes on at another port when its own was taken while it was down, and doctor tells of it', async () => {
  const flight = await agentInFlight('port');
  const { local } = await doctor();
  expect((await bga('down')).code).toBe(0);
  const thief = await takePort(Number(local.address.split(':')[1]));
  try {
    const { code, stdout } = await bga('up');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('is taken by another program'),
    });
    await expectUsable(flight.id);
    const after = await doctor();
    expect(after.local.address).not.toBe(local.address);
    const port = after.local.address.split(':')[1];
    expect(detailOf(after, 'history')).toMatch(
      new RegExp(`is taken by another program; the local Temporal server uses ${port}`),
    );
    await flight.land();
  } finally {
    thief.close();
  }
});

it('goes on with another key when that was changed, and doctor tells of it before and after', async () => {
  const flight = await agentInFlight('key');
  const { local } = await doctor();
  env.ANTHROPIC_API_KEY = 'another-key';
  expect((await doctor()).checks).toContainEqual(
    expect.objectContaining({
      name: "worker's model",
      ok: false,
      detail: expect.stringContaining('another API key'),
    }),
  );
  const { code, stderr } = await bga('list');
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('another API key than the one you have now: restarted with it.'),
  });
  await expectUsable(flight.id);
  const report = await doctor();
  const [worker = 0] = report.local.worker_pids;
  expect(local.worker_pids).not.toContain(worker);
  expect(running().find((line) => Number.parseInt(line, 10) === worker)).toContain(
    'ANTHROPIC_API_KEY=another-key',
  );
  await flight.land();
  expect(detailOf(report, 'history')).toMatch(
    /the service was restarted with another API key or base URL at \S+Z/,
  );
});

it('leaves not one process and no lock after bga down', async () => {
  await mcp.close();
  expect((await bga('down')).code).toBe(0);
  await until(() => running().length === 0, LEAVING_MS).catch(() => expect(running()).toEqual([]));
  const state = readdirSync(stateDir());
  expect(state.filter((name) => /lock|service\.json|\.sock|\.pid/.test(name))).toEqual([]);
});
