/** The releases of Node that are promised, besides the one that runs the tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeOf, OTHER_NODES } from '../support/nodes';
import { BGA, cleanEnv } from '../support/product';
import { makeWorkspace, walkThrough } from './walkThrough';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bga-node-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programOf = (pid: number) =>
  execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });

it.each(OTHER_NODES)(
  'works on Node %s, and so do the processes that it leaves running',
  async (version) => {
    const node = await nodeOf(version);
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${version}`);
    const home = join(folder, version);
    const place = {
      program: [node, BGA] as const,
      env: cleanEnv(home),
      workspace: makeWorkspace(join(folder, `work-${version}`)),
    };
    await walkThrough(place, async ({ supervisor_pid, worker_pids }) => {
      expect(worker_pids).toHaveLength(1);
      for (const pid of [supervisor_pid, ...worker_pids]) expect(programOf(pid)).toContain(node);
    });
  },
  300_000,
);
