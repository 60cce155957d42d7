import { chmodSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_RESULT_BYTES } from '../../../activities/tools/text';
import { type Box, makeBox } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
});
afterEach(() => box.remove());

const list = (input: object = {}) => box.run('list_files', input);

it('lists files in a fixed order, relative to the workspace, hidden ones too', async () => {
  for (const name of ['b/y', 'a/x', '.github/ci.yml', 'top', 'b/.hidden']) box.write(name);
  expect(await list()).toEqual({ isError: false, text: '.github/ci.yml\na/x\nb/.hidden\nb/y\ntop' });
  expect((await list({ path: 'b' })).text).toBe('b/.hidden\nb/y');
});

it('leaves out what .gitignore ignores, .git, and links', async () => {
  mkdirSync(join(box.root, '.git'));
  box.write('.git/HEAD');
  box.write('.gitignore', 'dist/\n');
  box.write('dist/out.js');
  box.write('sub/dist/out.js');
  box.write('src/a.ts');
  symlinkSync('/etc', join(box.root, 'etc'));
  expect((await list()).text).toBe('.gitignore\nsrc/a.ts');
  expect((await list({ glob: '**/*' })).text).toBe('.gitignore\nsrc/a.ts');
  expect((await list({ path: 'sub' })).text).toMatch(/^No files match in sub\./);
  expect((await list({ include_ignored: true })).text).toBe(
    '.gitignore\ndist/out.js\nsrc/a.ts\nsub/dist/out.js',
  );
});

it('obeys .gitignore where there is no .git too', async () => {
  box.write('.gitignore', 'dist/\n');
  box.write('dist/a');
  box.write('src/a');
  expect((await list()).text).toBe('.gitignore\nsrc/a');
});

it('lists inside a folder that an outer .gitignore ignores', async () => {
  mkdirSync(join(box.root, '.git'));
  box.write('.gitignore', 'node_modules\n');
  box.write('node_modules/lib/index.js');
  expect((await list({ path: 'node_modules/lib' })).text).toBe('node_modules/lib/index.js');
});

it('takes globs relative to the path', async () => {
  for (const name of ['p/a.ts', 'p/b.js', 'p/q/c.ts', 'd.ts']) box.write(name);
  expect((await list({ glob: '*.ts' })).text).toBe('d.ts\np/a.ts\np/q/c.ts');
  expect((await list({ path: 'p', glob: 'q/*.{ts,js}' })).text).toBe('p/q/c.ts');
  expect((await list({ glob: '!*.ts' })).text).toBe('p/b.js');
  expect(await list({ glob: '{a' })).toMatchObject({
    isError: true,
    text: expect.stringMatching(/glob '\{a'/),
  });
});

it('says how many were left out, and where they are', async () => {
  for (let i = 0; i < 30; i++) box.write(`src/f${String(i).padStart(2, '0')}`);
  box.write('z');
  expect((await list({ max_results: 2 })).text).toBe(
    'src/f00\nsrc/f01\n(29 more files left out, most of them in: src/ 28. Narrow it with path or glob, or raise max_results.)',
  );
});

it('stays within the size of an answer, and still counts what is left out', async () => {
  for (let i = 0; i < 300; i++) box.write(`${'n'.repeat(200)}${i}`);
  const { text } = await list({ max_results: 2000 });
  const lines = text.split('\n');
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RESULT_BYTES);
  expect(lines.at(-1)).toContain(`(${300 - (lines.length - 1)} more files left out`);
});

it('says so when there is nothing', async () => {
  expect((await list()).text).toMatch(/^No files match in the workspace\./);
});

it('keeps a line a line, whatever a file is called', async () => {
  for (const name of ['-rf', 'new\nline', 'q"', '\u202egnp.exe', 'x:1: y', 'é'.repeat(127)]) box.write(name);
  const lines = (await list()).text.split('\n');
  expect(lines.sort()).toEqual(
    ['"new\\nline"', '"q\\""', '"x:1: y"', '-rf', 'é'.repeat(127), '"\\u202egnp.exe"'].sort(),
  );
});

it('shows the bytes of a name that is not UTF-8', async () => {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(Buffer.concat([Buffer.from(`${box.root}/caf`), Buffer.from([0xe9])]), 'x');
  expect((await list()).text).toBe('"caf\\xe9"');
});

it('never shows files that usually hold secrets, whatever the glob', async () => {
  for (const name of ['.env', '.env.local', '.env.example', 'a/ID_RSA', 'a/x.PEM', '.ssh/k', '.npmrc', 'ok'])
    box.write(name);
  expect((await list()).text).toBe('.env.example\nok');
  expect((await list({ include_ignored: true })).text).toBe('.env.example\nok');
  for (const glob of ['.env*', '.npmrc', '.ssh/**', '*.{pem,PEM}', '!ok']) {
    expect((await list({ glob })).text).not.toMatch(/local|RSA|PEM|ssh|npmrc|\.env$/m);
  }
});

it('answers for a path that is a file, a link, missing, outside or a FIFO', async () => {
  box.write('f');
  box.fifo('pipe');
  mkdirSync(join(box.root, 'real'));
  symlinkSync('real', join(box.root, 'link'));
  expect((await list({ path: 'f' })).text).toMatch(/is a file. Call read_file/);
  expect((await list({ path: 'link' })).text).toBe('link is a symbolic link to real. Use that path instead.');
  expect((await list({ path: 'none' })).text).toMatch(/^No such file/);
  expect((await list({ path: '..' })).text).toMatch(/outside the workspace/);
  expect((await list({ path: 'pipe' })).text).toMatch(/named pipe/);
});

// The shell that limits ripgrep returns to the real user, so root cannot play another one here.
const unlessRoot = process.getuid?.() === 0 ? it.skip : it;
unlessRoot('skips a directory that it may not read', async () => {
  box.write('ok');
  box.write('private/x');
  chmodSync(join(box.root, 'private'), 0o000);
  expect((await list()).text).toBe('ok');
  expect((await list({ path: 'private' })).text).toMatch(/^Permission denied: private/);
  chmodSync(join(box.root, 'private'), 0o400);
  expect((await list({ path: 'private' })).text).toMatch(/^Permission denied: private/);
  chmodSync(join(box.root, 'private'), 0o700);
});

it('survives an endless .gitignore, and says the way out', async () => {
  box.write('a/x');
  mkdirSync(join(box.root, '.git'));
  mkdirSync(join(box.root, 'b'));
  truncateSync(box.write('b/.gitignore', ''), 50 * 1024 ** 3);
  const { text } = await list();
  expect(text).toMatch(/^\(.*took too much memory. .*include_ignored to true/);
  expect((await list({ include_ignored: true })).text).toBe('a/x\nb/.gitignore');
});
