/** The first minutes: the Temporal server is still being built, by a Go that takes its time. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirOf, cachedBinary } from '../../src/local';
import { endAll, startBga } from '../cli/process';
import { cleanEnv, runBga, until } from '../support/product';
import { connectMcp, type Mcp } from './support';

let folder: string;
let env: NodeJS.ProcessEnv;
let workspace: string;
let mcp: Mcp | undefined;

/** It builds, in no time, the binary that the tests use, but only once it is let. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bga-setup-'));
  workspace = mkdtempSync(join(folder, 'workspace-'));
  writeFileSync(join(workspace, 'stop.ts'), 'export function cancelAgent() {}\n');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const go = `#!/bin/sh
echo $$ >> ${join(folder, 'builders')}
echo "go: downloading cel.dev/expr v0.1" >&2
while [ ! -e ${join(folder, 'let')} ]; do sleep 0.1; done
echo "go.temporal.io/server/common" >&2
ln -s ${cachedBinary(cacheDirOf(process.env))} "$GOBIN/temporal"
`;
  writeFileSync(join(bin, 'go'), go);
  chmodSync(join(bin, 'go'), 0o755);
  for (const tool of ['sh', 'sleep', 'ln', 'rg']) {
    const found = ['/bin', '/usr/bin'].map((dir) => join(dir, tool)).find(existsSync);
    if (found) symlinkSync(found, join(bin, tool));
  }
  env = cleanEnv(join(folder, 'home'), {
    PATH: bin,
    XDG_CACHE_HOME: join(folder, 'cache'),
    BGA_NO_DOWNLOAD: '1',
  });
});

afterEach(async () => {
  await mcp?.close();
  mcp = undefined;
  endAll();
  await runBga(env, workspace, 'down');
  rmSync(folder, { recursive: true, force: true });
});

const builders = () =>
  existsSync(join(folder, 'builders'))
    ? readFileSync(join(folder, 'builders'), 'utf8').trim().split('\n')
    : [];
const building = (count: number) => until(() => (builders().length === count ? true : undefined));
const finish = () => writeFileSync(join(folder, 'let'), '');

function isRunning(pid: string | undefined): boolean {
  return (
    pid !== undefined &&
    existsSync(`/proc/${pid}/cwd`) &&
    !/State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  );
}
const gone = (pid: string | undefined) => until(() => !isRunning(pid));

it('a spawn answers at once that it is being set up, and works once it is', async () => {
  mcp = await connectMcp({ env, workspace });
  const first = await mcp.call('agent_spawn', { task: 'Where is cancelAgent?' });
  expect(first.isError).toBe(true);
  expect(first.text).toMatch(
    /^Setting up the local service \(step 1 of 3: building Temporal .* with Go, about three minutes, once/,
  );
  expect(first.text).toMatch(/Nothing was started for this call.*call again in half a minute/);
  await building(1);
  // It was no longer than that: the build itself has not even ended.
  expect((await mcp.call('agent_list')).text).toContain('Setting up the local service');
  expect((await mcp.client.listTools()).tools.length).toBeGreaterThan(0);
  expect(builders()).toHaveLength(1);

  finish();
  const ready = mcp;
  const spawned = await until(async () => {
    const reply = await ready.call('agent_spawn', { task: 'Where is cancelAgent?' });
    if (reply.isError) expect(reply.text).toContain('Setting up the local service');
    return reply.isError ? undefined : reply.data.agent_id;
  }, 60_000);
  const { data } = await mcp.call('agent_wait', { agent_ids: [spawned], timeout_ms: 30_000 });
  expect(data).toMatchObject({ timed_out: false, finished: [{ status: 'completed' }] });
}, 120_000);

it('a failure between two calls is told to the next, and the one after it tries again', async () => {
  writeFileSync(
    join(folder, 'bin', 'go'),
    '#!/bin/sh\nsleep 1\necho "no space left on device" >&2\nexit 1\n',
  );
  mcp = await connectMcp({ env, workspace });
  expect((await mcp.call('agent_list')).text).toContain('Setting up the local service');
  const ready = mcp;
  const failed = await until(async () => {
    const { text } = await ready.call('agent_list');
    return text.includes('Setting up') ? undefined : text;
  });
  expect(failed).toMatch(/No Temporal server binary.*no space left on device/s);
  expect((await mcp.call('agent_list')).text).toContain('Setting up the local service');
}, 90_000);

it('a caller that ends takes the build with it, however it ends, and the next one begins it anew', async () => {
  for (const [index, signal] of (['SIGINT', 'SIGTERM', 'SIGKILL'] as const).entries()) {
    const command = startBga({ env, workspace }, 'run', 'Where is cancelAgent?');
    await command.shows('step 1 of 3: building Temporal');
    await building(index + 1);
    command.child.kill(signal);
    await command.ended;
    await gone(builders()[index]);
  }
  mcp = await connectMcp({ env, workspace });
  await mcp.call('agent_list');
  await building(4);
  process.kill(mcp.pid, 'SIGKILL');
  await gone(builders()[3]);

  const last = startBga({ env, workspace }, 'run', 'Where is cancelAgent?');
  await building(5);
  finish();
  const { code, stdout, stderr } = await last.ended;
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/step 2 of 3: starting the local Temporal server, a few seconds/),
  });
  expect(stdout).toContain('stop.ts:1');
}, 180_000);

it.each(['starting the local Temporal server', 'starting the worker'])(
  'a command killed while it is %s leaves a service that the next one finds',
  async (step) => {
    finish();
    const first = startBga({ env, workspace }, 'up');
    await first.shows(step);
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await runBga(env, workspace, 'run', 'Where is cancelAgent?')).stdout).toContain('stop.ts:1');
  },
  120_000,
);
