/** A disk that is really full: a small file system of its own, which takes root to mount. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn, status } from '../../src/agents';
import { readService } from '../../src/local';
import { connectMcp, type Mcp } from '../mcp/support';
import { fill, mountSmallDisk, type SmallDisk } from '../support/fullDisk';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

const TURNS = 8;
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const onSmallDisk = canMount ? describe : describe.skip;

let home: string;
let filler: string;
let disk: SmallDisk | undefined;
let models: ModelServer;
let product: Product;
let mcp: Mcp;

const stateOf = () => readService(home)?.state;

async function doctor() {
  const { stdout } = await product.bga('doctor', '--json');
  const report: { ok: boolean; checks: { name: string; ok: boolean; detail: string; fix: string }[] } =
    JSON.parse(stdout);
  return { ok: report.ok, check: (name: string) => report.checks.find((each) => each.name === name) };
}

onSmallDisk('on a full disk', () => {
  beforeAll(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'bga-small-disk-'));
    filler = path.join(home, 'filler');
    disk = mountSmallDisk(home);
    models = await startModelServer();
    models.script('long', (turn) =>
      turn === TURNS
        ? { text: 'found it' }
        : {
            text: `turn ${turn}`,
            latencyMs: 300,
            tool: { name: 'read_file', input: { path: 'a.txt', from_line: turn + 1 } },
          },
    );
    product = await startProduct({ modelUrl: models.url, home });
    fs.writeFileSync(path.join(product.workspace, 'a.txt'), 'a line\n'.repeat(100));
    mcp = await connectMcp(product);
  }, 120_000);

  afterAll(async () => {
    await mcp?.close();
    await product?.stop();
    await models?.stop();
    disk?.unmount();
    fs.rmdirSync(home);
  });

  it('everybody says so, agents wait, and all goes on by itself when there is space', async () => {
    const start = () => spawn(product.agents, { task: 'long', agent_type: 'explore', max_turns: TURNS + 1 });
    const ids = (await Promise.all([start(), start(), start()])).map(({ agent_id }) => agent_id);
    await until(async () => models.requests('long').some(({ turn }) => turn === 3));
    fill(filler);
    await until(() => stateOf() === 'disk_full');

    const said = /disk full: \d\.\d MB free at .*Free some space; everything goes on by itself/;
    const list = await product.bga('list');
    expect(list).toMatchObject({ code: 3, stderr: expect.stringMatching(said) });
    expect(await product.bga('up')).toMatchObject({ code: 3, stderr: expect.stringMatching(said) });
    const reply = await mcp.call('agent_list');
    expect(reply).toMatchObject({ isError: true, text: expect.stringMatching(said) });
    const full = await doctor();
    expect(full.ok).toBe(false);
    expect(full.check('disk')).toMatchObject({ ok: false, fix: expect.stringMatching(/Free some space/) });

    fs.rmSync(filler);
    await until(() => stateOf() === 'ready');
    for (const id of ids) {
      const done = async () => {
        const { status: now, reason } = await status(product.agents, id);
        return now === 'running' || now === 'pending' ? undefined : reason;
      };
      expect(await until(() => done().catch(() => undefined), 90_000)).toBe('answered');
    }
    expect(readService(home)?.restarts).toEqual({ server: 0, worker: 0 });
    const after = await doctor();
    expect(after.ok).toBe(true);
    expect(after.check('history')?.detail).toMatch(/the disk was full from \S+Z to \S+Z/);
  }, 180_000);

  it('what dies is not started again until there is space, and then no agent was lost', async () => {
    const { agent_id } = await spawn(product.agents, {
      task: 'long',
      agent_type: 'explore',
      max_turns: TURNS + 1,
    });
    await until(async () => (await status(product.agents, agent_id)).progress.turn >= 2);
    const parts = [product.serverPid(), product.workerPid()];
    fill(filler);
    for (const pid of parts) process.kill(pid, 'SIGKILL');
    await until(() => stateOf() === 'disk_full' && readService(home)?.workers.length === 0);
    const log = () => fs.readFileSync(path.join(home, 'logs', 'supervisor.log'), 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(log()).not.toMatch(/ended \d+ times in a row/);
    expect(readService(home)?.restarts).toEqual({ server: 0, worker: 0 });

    fs.rmSync(filler);
    const ended = async () => (await status(product.agents, agent_id)).reason;
    expect(await until(() => ended().catch(() => undefined), 90_000)).toBe('answered');
  }, 180_000);

  it('nothing is started', async () => {
    await product.bga('down');
    fill(filler);
    const refused = await product.bga('up');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/disk full: .*Free some space; then run the same command again/);
    expect(readService(home)).toBeUndefined();
    fs.rmSync(filler);
  }, 120_000);
});
