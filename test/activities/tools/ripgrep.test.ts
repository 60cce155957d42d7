import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkspace } from '../../../activities/tools';
import { type RipgrepEnd, ripgrep } from '../../../activities/tools/ripgrep';
import { type Box, makeBox } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
});
afterEach(() => box.remove());

/** Process ids of the ripgreps that this process started. */
function children(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/rg\0');
    } catch {
      return false;
    }
  });
}

async function untilChildren(count: number): Promise<string[]> {
  for (let i = 0; i < 500 && children().length !== count; i++) await sleep(10);
  expect(children()).toHaveLength(count);
  return children();
}

/** A FIFO that ripgrep takes for an ignore file holds it for ever. */
function blockRipgrep(): void {
  mkdirSync(join(box.root, '.git'));
  box.write('a');
  box.fifo('b/.gitignore');
  box.write('b/x');
}

async function run(options: {
  signal?: AbortSignal;
  deadlineMs?: number;
  args?: string[];
}): Promise<{ end: RipgrepEnd; out: string }> {
  let out = '';
  const workspace = await openWorkspace(box.root);
  const end = await workspace.withEntry('.', (target) =>
    ripgrep(target, {
      args: options.args ?? ['--files'],
      signal: options.signal ?? new AbortController().signal,
      ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
      onOutput(chunk) {
        out += chunk;
        return 'more';
      },
    }),
  );
  return { end, out };
}

it('kills ripgrep when the agent is stopped, and returns what was found', async () => {
  blockRipgrep();
  const abort = new AbortController();
  const answer = box.run('search', { pattern: 'needle' }, abort.signal);
  const [pid] = await untilChildren(1);
  // Let it print what it finds before the FIFO.
  await sleep(300);
  abort.abort();
  expect((await answer).text).toMatch(
    /^a:1: needle\n\(Stopped before the end, because the agent is being stopped\.\)$/,
  );
  expect(children()).not.toContain(pid);
});

it('kills ripgrep at its deadline, also when it blocks', async () => {
  blockRipgrep();
  expect((await run({ deadlineMs: 500 })).end).toEqual({ ended: 'deadline' });
  await untilChildren(0);
});

it('kills ripgrep once it has enough', async () => {
  box.write('a', 'needle\n'.repeat(500_000));
  expect((await box.run('search', { pattern: 'needle', max_results: 1 })).text).toMatch(
    /^a:1: needle\n\(Cut after 1/,
  );
  await untilChildren(0);
});

it('starts nothing for an agent that is stopped already', async () => {
  expect(await run({ signal: AbortSignal.abort() })).toEqual({ end: { ended: 'aborted' }, out: '' });
});

it('bounds the memory of ripgrep when an ignore file is endless', async () => {
  mkdirSync(join(box.root, '.git'));
  symlinkSync('/dev/zero', join(box.root, '.gitignore'));
  expect((await run({})).end).toEqual({ ended: 'crashed' });
});

it('hands no environment to ripgrep', async () => {
  blockRipgrep();
  const abort = new AbortController();
  const running = run({ signal: abort.signal });
  const [pid] = await untilChildren(1);
  const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((pair) => pair.split('=')[0]);
  expect(names.filter((name) => name !== '' && name !== 'PWD').sort()).toEqual(['LC_ALL']);
  abort.abort();
  await running;
});

it('searches the directory that was checked, even when its name leads elsewhere by then', async () => {
  box.write('dir/a');
  writeFileSync(join(box.outside, 'a'), 'outside');
  const workspace = await openWorkspace(box.root);
  let out = '';
  await workspace.withEntry('dir', async (target) => {
    renameSync(join(box.root, 'dir'), join(box.root, 'moved'));
    symlinkSync('..', join(box.root, 'dir'));
    return ripgrep(target, {
      args: ['--regexp=needle|outside'],
      signal: new AbortController().signal,
      onOutput(chunk) {
        out += chunk;
        return 'more';
      },
    });
  });
  expect(out).toBe('./a:needle\n');
});

it('reports arguments that ripgrep rejects in its own words', async () => {
  expect((await run({ args: ['--regexp=('] })).end).toMatchObject({
    ended: 'rejected',
    message: expect.stringContaining('unclosed group'),
  });
});

it('passes on what goes wrong with its output, and the process lives on', async () => {
  box.write('a');
  const workspace = await openWorkspace(box.root);
  const running = workspace.withEntry('.', (target) =>
    ripgrep(target, {
      args: ['--files'],
      signal: new AbortController().signal,
      onOutput() {
        throw new Error('cannot parse');
      },
    }),
  );
  await expect(running).rejects.toThrow('cannot parse');
  await untilChildren(0);
});

it('answers when the directory is removed under it', async () => {
  mkdirSync(join(box.root, 'dir'));
  const workspace = await openWorkspace(box.root);
  const end = await workspace.withEntry('dir', async (target) => {
    rmdirSync(join(box.root, 'dir'));
    return ripgrep(target, {
      args: ['--files'],
      signal: new AbortController().signal,
      onOutput: () => 'more',
    });
  });
  expect(['complete', 'rejected']).toContain(end.ended);
});

it('leaves no process behind', async () => {
  box.write('a');
  await Promise.all(Array.from({ length: 20 }, () => box.run('search', { pattern: 'needle' })));
  await untilChildren(0);
  expect(execFileSync('ps', ['-o', 'stat=', '--ppid', String(process.pid)]).toString()).not.toMatch(/^Z/m);
});
