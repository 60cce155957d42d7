import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_RESULT_BYTES } from '../../../activities/tools/text';
import { type Box, makeBox } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
});
afterEach(() => box.remove());

const search = (pattern: string, input: object = {}) => box.run('search', { pattern, ...input });

it('answers path:line: text, by path then line', async () => {
  box.write('b.ts', 'needle 1\nhay\n  needle 2\r\n');
  box.write('a/x.ts', 'needle\n');
  expect(await search('needle')).toEqual({
    isError: false,
    text: 'a/x.ts:1: needle\nb.ts:1: needle 1\nb.ts:3:   needle 2',
  });
  expect((await search('needle', { path: 'a' })).text).toBe('a/x.ts:1: needle');
  expect((await search('needle', { path: 'b.ts' })).text).toBe('b.ts:1: needle 1\nb.ts:3:   needle 2');
  expect((await search('needle', { glob: 'a/*' })).text).toBe('a/x.ts:1: needle');
});

it('takes regular expressions, letter case and plain text as asked', async () => {
  box.write('a', 'foo(bar)\nFOO\n');
  expect((await search('fo+\\(')).text).toBe('a:1: foo(bar)');
  expect((await search('foo', { ignore_case: true })).text).toBe('a:1: foo(bar)\na:2: FOO');
  expect((await search('foo(', { fixed_string: true })).text).toBe('a:1: foo(bar)');
});

it('says so when nothing matches', async () => {
  box.write('a');
  expect(await search('zzz', { glob: '*.ts' })).toEqual({
    isError: false,
    text: 'No matches for "zzz" in the workspace, in files that match "*.ts". Files over 10 MB are not searched. Try ignore_case, a shorter pattern, or another path.',
  });
});

it('quotes ripgrep about a bad pattern and suggests plain text', async () => {
  for (const pattern of ['(', 'a{1000}{1000}{10}', 'a\nb', '(?=x)']) {
    expect(await search(pattern)).toMatchObject({
      isError: true,
      text: expect.stringMatching(/refused.*fixed_string/s),
    });
  }
  expect((await search('(')).text).toContain('unclosed group');
});

it('stops at max_results, the same ones each time, and says that there is more', async () => {
  for (let i = 0; i < 50; i++) box.write(`f${String(i).padStart(2, '0')}`, 'needle\n'.repeat(50));
  const first = await search('needle', { max_results: 60 });
  const lines = first.text.split('\n');
  expect(lines).toHaveLength(61);
  expect(lines[59]).toBe('f01:10: needle');
  expect(lines[60]).toMatch(/^\(Cut after 60 matches, there are more\./);
  expect(await search('needle', { max_results: 60 })).toEqual(first);
  expect((await search('needle', { path: 'f00', max_results: 50 })).text.split('\n')).toHaveLength(50);
});

it('stays within the size of an answer', async () => {
  box.write('a', `needle ${'é'.repeat(190)}\n`.repeat(900));
  const { text } = await search('needle', { max_results: 1000 });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RESULT_BYTES);
  expect(text).toMatch(/\n\(Cut after \d+ matches, there are more\..*\)$/);
});

it('shows the part of a long line around the match, between characters', async () => {
  box.write('min.js', `${'é'.repeat(5000)}needle${'💥'.repeat(5000)}\n`);
  const { text } = await search('needle');
  expect(text).toMatch(/^min\.js:1: …é+needle(💥)+…$/u);
  expect(text.length).toBeLessThan(500);
});

it('names the file when a matching line is too long to tell', async () => {
  box.write('a', `${'x'.repeat(2_000_000)}needle\n`);
  box.write('b', 'needle\n');
  expect((await search('needle')).text).toBe('a: (a match in a very long line, not shown)\nb:1: needle');
});

it('leaves out ignored, binary, huge and linked files', async () => {
  writeFileSync(join(box.outside, 'secret'), 'needle');
  symlinkSync('../secret', join(box.root, 'link'));
  symlinkSync('..', join(box.root, 'up'));
  box.write('.ignore', 'ignored\n');
  box.write('ignored');
  box.write('bin', Buffer.from('\0needle\n'));
  truncateSync(box.write('huge'), 5 * 1024 ** 3);
  box.write('ok');
  expect((await search('needle')).text).toBe('ok:1: needle');
  expect((await search('needle', { path: 'huge' })).text).toMatch(/files over 10 MB are not searched/);
  expect((await search('needle', { path: 'link' })).text).toMatch(/outside the workspace/);
  expect((await search('needle', { path: 'up/secret' })).text).toMatch(/outside the workspace/);
  expect((await search('needle', { include_ignored: true })).text).toBe('ignored:1: needle\nok:1: needle');
});

it('passes by FIFOs without waiting', async () => {
  box.fifo('pipe');
  box.write('ok');
  expect((await search('needle')).text).toBe('ok:1: needle');
  expect((await search('needle', { path: 'pipe' })).text).toMatch(/named pipe/);
});

it('shows text that is not UTF-8', async () => {
  box.write('latin1', Buffer.from('caf\xe9 needle\n', 'latin1'));
  expect((await search('needle')).text).toBe('latin1:1: caf\ufffd needle');
});

it('never shows files that usually hold secrets', async () => {
  for (const name of [
    '.env',
    '.env.local',
    'a/.NPMRC',
    '.git/config',
    '.git/modules/m/config',
    'k.pem',
    'ok',
  ])
    box.write(name);
  for (const input of [
    {},
    { include_ignored: true },
    { glob: '.env*' },
    { glob: '{.env,ok,k.pem,.npmrc}' },
    { path: '.git' },
  ]) {
    const { text } = await search('needle', input);
    expect(text).not.toMatch(/env.*:1|npmrc|config|pem:1/i);
  }
  for (const path of ['.env', '.git/config', 'a/.NPMRC']) {
    expect((await search('needle', { path })).text).toMatch(/usually hold secrets/);
  }
});

describe('hostile arguments and surroundings', () => {
  it('keep a pattern a pattern, whatever it starts with', async () => {
    box.write('a', '--files --pre=/bin/sh -rf -e x\n');
    for (const pattern of ['--files', '-rf', '--pre=/bin/sh', '-e', '--']) {
      expect((await search(pattern)).text).toBe('a:1: --files --pre=/bin/sh -rf -e x');
    }
  });

  it('keep a glob or a path from becoming an option', async () => {
    const script = box.write('pwn.sh', '#!/bin/sh\ntouch "$(dirname "$0")/pwned"\n');
    box.write('--pre=pwn.sh', 'needle\n');
    for (const value of [`--pre=${script}`, `--pre ${script}`, '--hostname-bin=x', '-z']) {
      await search('needle', { glob: value });
      await search('needle', { path: value });
    }
    expect((await search('needle', { path: '--pre=pwn.sh' })).text).toBe('--pre=pwn.sh:1: needle');
    expect((await box.run('list_files', {})).text).not.toContain('pwned');
  });

  it('ignore RIPGREP_CONFIG_PATH and the rest of the environment', async () => {
    box.write('a');
    process.env.RIPGREP_CONFIG_PATH = box.write('rgrc', '--invert-match\n--pre=/bin/false\n');
    try {
      expect((await search('needle')).text).toBe('a:1: needle');
    } finally {
      delete process.env.RIPGREP_CONFIG_PATH;
    }
  });

  it('keep results apart, whatever a file is called', async () => {
    for (const name of ['-rf', 'a\nb', 'c:7: fake', '{"type":"match"}']) box.write(name);
    const lines = (await search('needle')).text.split('\n');
    expect(lines.sort()).toEqual(
      [
        '"a\\nb":1: needle',
        '"c:7: fake":1: needle',
        '"{\\"type\\":\\"match\\"}":1: needle',
        '-rf:1: needle',
      ].sort(),
    );
  });

  it('refuse a NUL in what becomes an argument', async () => {
    expect((await search('a\0b')).text).toMatch(/^Bad arguments for search. pattern: must not contain a NUL/);
    expect((await search('a', { glob: 'a\0b' })).isError).toBe(true);
  });
});
