import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Box, makeBox, unprivileged } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
});
afterEach(() => box.remove());

const read = (path: string, range: object = {}) => box.run('read_file', { path, ...range });

describe('files that are not text', () => {
  it('get an answer when binary', async () => {
    box.write('bin', Buffer.from([0x7f, 0x45, 0, 1]));
    expect((await read('bin')).text).toBe('bin is a binary file. Only text can be read; go on without it.');
  });

  it('get an answer when a FIFO, a socket, a device or a directory', async () => {
    box.fifo('pipe');
    mkdirSync(join(box.root, 'dir'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(box.root, 'sock'), resolve));
    expect((await read('pipe')).text).toMatch(/named pipe/);
    expect((await read('sock')).text).toMatch(/a socket/);
    expect((await read('dir')).text).toMatch(/is a directory. Call list_files/);
    expect((await read('.')).text).toMatch(/is a directory/);
    server.close();
    symlinkSync('/dev/zero', join(box.root, 'zero'));
    expect((await read('zero')).text).toMatch(/outside the workspace/);
    symlinkSync('/dev', join(box.root, 'dev'));
    expect((await read('dev/zero')).text).toMatch(/a device/);
    expect((await read('dev/stdin')).isError).toBe(true);
  });
});

describe('huge files', () => {
  it('are read in bounded memory: sparse, binary', async () => {
    truncateSync(box.write('sparse', ''), 50 * 1024 ** 3);
    expect((await read('sparse')).text).toMatch(/binary/);
  });

  it('show their beginning and say where reading ends', async () => {
    const path = box.write('big', 'line\n'.repeat(3_000_000));
    truncateSync(path, 20 * 1024 ** 3);
    expect((await read('big', { to_line: 1 })).text).toMatch(
      /^big \(lines 1-1 of at least \d+; only the first 10 MB can be read\)\n1\tline\n/,
    );
    expect(await read('big', { from_line: 2_900_000 })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/beyond the first 10 MB/),
    });
  });

  it('of exactly the limit are read whole', async () => {
    box.write('edge', `${'x'.repeat(1023)}\n`.repeat(10 * 1024));
    expect((await read('edge', { from_line: 10240 })).text).toMatch(/^edge \(lines 10240-10240 of 10240\)/);
  });

  it('with one endless line are cut', async () => {
    box.write('one', 'y'.repeat(12 * 1024 * 1024));
    expect((await read('one')).text).toMatch(
      /^one \(lines 1-1 of at least 1; only the first 10 MB can be read; long lines are cut\)/,
    );
  });
});

it('answers for a file that vanishes or changes while it is read, and throws nothing', async () => {
  const path = box.write('v', 'x\n'.repeat(1000));
  const reads = Array.from({ length: 200 }, (_, i) => {
    if (i % 3 === 0) rmSync(path, { force: true });
    else if (i % 3 === 1) box.write('v', 'x\n');
    else {
      box.write('w', 'x\n');
      renameSync(join(box.root, 'w'), path);
    }
    return read('v');
  });
  for (const answer of await Promise.all(reads)) expect(typeof answer.text).toBe('string');
});

it('answers for a file it may not read', async () => {
  chmodSync(box.outside, 0o755);
  chmodSync(box.write('private'), 0o000);
  await unprivileged(async () => expect((await read('private')).text).toMatch(/^Permission denied: private/));
});

it('reads oddly named files, and writes their names on one line', async () => {
  for (const name of [
    '-rf',
    ' lead',
    'a\nb',
    'q"uote',
    "it's",
    'ünï💥',
    '$(touch x)',
    'é'.repeat(127),
    '*',
    '\\',
  ]) {
    box.write(name, 'x\n');
    const answer = await read(name);
    expect(answer.isError).toBe(false);
    expect(answer.text.split('\n')).toHaveLength(2);
  }
  expect((await read('a\nb')).text).toBe('"a\\nb" (lines 1-1 of 1)\n1\tx');
});

it('answers paths that cannot exist', async () => {
  for (const path of ['none', 'none/x', 'x'.repeat(256), 'a/'.repeat(2040), 'nul\0', '\ud800', '']) {
    expect((await read(path)).isError).toBe(true);
  }
  box.write('file');
  expect((await read('file/x')).text).toMatch(/a part of the path is not a directory/);
  expect((await read('none')).text).toBe(
    'No such file or directory: none. Call list_files to see what is there.',
  );
});

it('reads a hard link like any file', async () => {
  linkSync(box.write('a', 'x\n'), join(box.root, 'b'));
  expect((await read('b')).isError).toBe(false);
});

it('leaves no descriptor open', async () => {
  box.write('a');
  box.fifo('pipe');
  for (let i = 0; i < 50; i++) {
    await Promise.all(['a', 'pipe', 'none', '.', '../x'].map((path) => read(path)));
  }
  const open = execFileSync('ls', ['-l', `/proc/${process.pid}/fd`]).toString();
  expect(open).not.toContain(box.root);
});
