import { spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_RESULT_BYTES } from '../../../activities/tools/text';
import { type Box, makeBox } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
});
afterEach(() => box.remove());

const read = (path: string, range: object = {}) => box.run('read_file', { path, ...range });
const numbered = (count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');

describe('a text file', () => {
  it('comes with a header and numbered lines', async () => {
    box.write('src/a.ts', 'one\n\tthree tabs\n\n');
    expect(await read('src/a.ts')).toEqual({
      isError: false,
      text: 'src/a.ts (lines 1-3 of 3)\n1\tone\n2\t\tthree tabs\n3\t',
    });
  });

  it('comes in ranges, and says how to continue', async () => {
    box.write('a', numbered(1000));
    expect((await read('a', { from_line: 5, to_line: 6 })).text).toBe(
      'a (lines 5-6 of 1000)\n5\tline 5\n6\tline 6\n(994 more lines: continue with from_line=7)',
    );
    expect((await read('a')).text).toMatch(/^a \(lines 1-400 of 1000\)\n.*continue with from_line=401\)$/s);
    expect((await read('a', { from_line: 990 })).text).toMatch(
      /^a \(lines 990-1000 of 1000\)\n[^(]*1000\tline 1000$/s,
    );
  });

  it('stays within the size of an answer', async () => {
    box.write('a', `${'é'.repeat(900)}\n`.repeat(300));
    const { text } = await read('a', { to_line: 300 });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RESULT_BYTES);
    expect(text).toMatch(/^a \(lines 1-(\d+) of 300\)/);
    const last = Number(/lines 1-(\d+)/.exec(text)?.[1]);
    expect(text.endsWith(`continue with from_line=${last + 1})`)).toBe(true);
    expect((await read('a', { from_line: last + 1 })).text).toMatch(new RegExp(`^a \\(lines ${last + 1}-`));
  });

  it('tells what a patch must respect: CRLF, no newline at the end', async () => {
    box.write('dos', 'a\r\nb');
    expect((await read('dos')).text).toBe(
      'dos (lines 1-2 of 2; CRLF line ends; no newline at the end)\n1\ta\n2\tb',
    );
    expect((await read('dos', { to_line: 1 })).text).not.toContain('no newline');
  });

  it('is said to be empty when it is', async () => {
    box.write('empty', '');
    expect(await read('empty')).toEqual({ isError: false, text: 'empty (empty file)' });
  });

  it('shows invalid UTF-8 with a mark and a remark', async () => {
    box.write('latin1', Buffer.from('caf\xe9\n', 'latin1'));
    expect((await read('latin1')).text).toMatch(/not valid UTF-8.*\n1\tcaf\ufffd$/);
  });

  it('has its long lines cut with a mark, and between characters', async () => {
    box.write('long', `x${'💥'.repeat(50_000)}\nnext\n`);
    const { text } = await read('long');
    expect(text).toMatch(
      /^long \(lines 1-2 of 2; long lines are cut\)\n1\tx(💥)+… \(line cut: it has 200001 bytes\)\n2\tnext$/u,
    );
    expect(text).not.toContain('\ufffd');
  });

  it('is found by an absolute path too, also in the form the user gave', async () => {
    box.write('src/a', 'x\n');
    expect((await read(join(box.root, 'src/a'))).text).toMatch(/^src\/a \(/);
    expect((await read('src/../src/./a')).text).toMatch(/^src\/a \(/);
  });
});

it('answers a range that does not exist with the size of the file', async () => {
  box.write('a', numbered(3));
  expect(await read('a', { from_line: 9 })).toEqual({
    isError: true,
    text: 'a has 3 lines, so there is no line 9. Ask for an earlier line.',
  });
  expect((await read('a', { from_line: 3, to_line: 2 })).isError).toBe(true);
  expect((await read('a', { from_line: 0 })).text).toMatch(/^Bad arguments for read_file/);
});

describe('what lies outside', () => {
  it.each([
    '../secret',
    '/etc/passwd',
    'src/../../secret',
    '/proc/self/environ',
    '..',
    '/',
    '~/../../../etc/passwd',
  ])('is refused by the letters of the path: %s', async (path) => {
    writeFileSync(join(box.outside, 'secret'), 'TOPSECRET');
    const answer = await read(path);
    expect(answer.isError).toBe(true);
    expect(answer.text).not.toMatch(/TOPSECRET|root:/);
  });

  it('is refused through a linked file, a linked directory, and a chain of links', async () => {
    writeFileSync(join(box.outside, 'secret'), 'TOPSECRET');
    symlinkSync('../secret', join(box.root, 'link'));
    symlinkSync('..', join(box.root, 'up'));
    symlinkSync('up', join(box.root, 'chain'));
    expect((await read('link')).text).toMatch(/symbolic link to a place outside the workspace/);
    expect((await read('up/secret')).text).toMatch(/leads outside the workspace through a symbolic link/);
    expect((await read('chain/secret')).text).toMatch(/leads outside/);
    // Out and in again is inside.
    box.write('a', 'x\n');
    expect((await read('up/ws/a')).isError).toBe(false);
  });

  it('is never read while links are exchanged under the reader', async () => {
    writeFileSync(join(box.outside, 'f'), 'TOPSECRET');
    box.write('dir/f', 'fine\n');
    const swap = `cd ${JSON.stringify(box.root)}; for i in $(seq 400); do mv dir keep; ln -s .. dir; rm dir; mv keep dir; done`;
    const swapper = spawn('/bin/sh', ['-c', swap]);
    const done = new Promise((resolve) => swapper.on('close', resolve));
    let swapping = true;
    void done.then(() => {
      swapping = false;
    });
    while (swapping) expect((await read('dir/f')).text).not.toContain('TOPSECRET');
    await done;
  });
});

describe('links inside', () => {
  it('name the path to use instead', async () => {
    box.write('real/a', 'x\n');
    symlinkSync('real/a', join(box.root, 'link'));
    expect(await read('link')).toEqual({
      isError: true,
      text: 'link is a symbolic link to real/a. Use that path instead.',
    });
  });

  it('in a circle or to nowhere get an answer', async () => {
    symlinkSync('loop2', join(box.root, 'loop1'));
    symlinkSync('loop1', join(box.root, 'loop2'));
    symlinkSync('gone', join(box.root, 'dangling'));
    expect((await read('loop1')).text).toMatch(/leads nowhere/);
    expect((await read('loop1/x')).text).toMatch(/leads in a circle/);
    expect((await read('dangling')).text).toMatch(/leads nowhere/);
  });
});

describe('secrets', () => {
  it('are refused, whether they exist or not, in any letter case', async () => {
    box.write('.env', 'KEY=TOPSECRET');
    for (const path of ['.env', '.ENV', '.env.nonexistent', 'sub/../.env', join(box.root, '.env')]) {
      expect(await read(path)).toMatchObject({
        isError: true,
        text: expect.stringMatching(/usually hold secrets/),
      });
    }
    box.write('.env.example', 'KEY=\n');
    expect((await read('.env.example')).isError).toBe(false);
  });

  it('are not reached through links', async () => {
    box.write('.ssh/known', 'TOPSECRET');
    symlinkSync('.ssh', join(box.root, 'innocent'));
    box.write('.env', 'TOPSECRET');
    symlinkSync('.env', join(box.root, 'notes.txt'));
    expect((await read('innocent/known')).text).toMatch(/usually hold secrets/);
    expect((await read('notes.txt')).text).toMatch(/usually hold secrets/);
  });
});
