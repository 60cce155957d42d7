/** The image, as far as it can be built without Docker: what it is made of, and each of its commands run in folders in place of its stages. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, runProgram } from '../support/product';
import { ROOT } from '../support/root';

interface Instruction {
  name: string;
  rest: string;
}

const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const instructions: Instruction[] = dockerfile
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => {
    const [name = '', ...words] = line.split(' ');
    return { name, rest: words.join(' ') };
  });
/** Each begins with its FROM. */
const stages = instructions.reduce<Instruction[][]>((all, each) => {
  if (each.name === 'FROM') all.push([each]);
  else all.at(-1)?.push(each);
  return all;
}, []);
const runs = (stage: Instruction[] = []) =>
  stage.filter(({ name }) => name === 'RUN').map(({ rest }) => rest);
const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bga-image-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('comes from one base of a fixed digest, in stages of which the last has nothing to build with', () => {
  const bases = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.split(' ')[0]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as the Dockerfile has it
  expect(new Set(bases)).toEqual(new Set(['${NODE_IMAGE}']));
  expect(instructions.find(({ name }) => name === 'ARG')?.rest).toMatch(
    /:\d+\.\d+\.\d+[\w-]*@sha256:[0-9a-f]{64}$/,
  );
  expect(stages).toHaveLength(3);
  expect(runs(stages[2]).join()).not.toMatch(/npm|tsc/);
});

it('runs as a user who is not root, named by number', () => {
  expect(stages.at(-1)?.find(({ name }) => name === 'USER')?.rest).toBe('1000:1000');
});

it('is built from what it needs and from no secret', () => {
  expect(readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')).toContain('*');
  for (const name of ['.env', '.git', 'node_modules', 'dist', 'test', 'docs'])
    expect(allowed).not.toContain(name);
  expect(
    instructions.filter(({ name, rest }) => /^(ARG|ENV)$/.test(name) && /KEY|TOKEN|PASSWORD/.test(rest)),
  ).toEqual([]);
});

it('builds from its context alone, and runs without what it was built with', async () => {
  const [build, app, packed] = ['build', 'app', 'package'].map((name) => join(folder, name));
  if (!build || !app || !packed) throw new Error('No folders.');
  for (const name of allowed) cpSync(join(ROOT, name), join(build, name), { recursive: true });
  const moved = (command: string) =>
    command.replaceAll('/package ', `${packed} `).replaceAll('/app/', `${app}/`);
  const shell = (command: string, cwd: string) =>
    execFileSync('bash', ['-ec', moved(command)], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 50_000_000,
    });
  // In place of the first stage's `npm ci`, which whoever runs this has run: its result.
  const [install, ...rest] = runs(stages[0]);
  expect(install).toMatch(/^npm ci --ignore-scripts/);
  symlinkSync(join(ROOT, 'node_modules'), join(build, 'node_modules'));
  for (const command of rest) shell(command, build);
  mkdirSync(app);
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(ROOT, name), join(app, name));
  for (const command of runs(stages[1])) shell(command, app);
  cpSync(packed, app, { recursive: true });

  const there = (name: string) => existsSync(join(app, 'node_modules', ...name.split('/')));
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies).filter((name) => !there(name))).toEqual([]);
  expect(['typescript', 'jest', '@biomejs/biome', '@copilotkit/aimock'].filter(there)).toEqual([]);
  expect(Object.keys(devDependencies).length).toBeGreaterThan(4);
  expect(readdirSync(app).sort()).toEqual(
    expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'node_modules', 'package.json']),
  );
  const env = { ...cleanEnv(join(folder, 'home')), NODE_ENV: 'production' };
  const bga = (...args: string[]) =>
    runProgram(process.execPath, [join(app, 'dist', 'src', 'cli', 'main.js'), ...args], env, folder);
  expect((await bga('--help')).stdout).toContain('bga');
  // It has loaded Temporal's client and its native part by then.
  const worker = await bga('worker');
  expect(worker).toMatchObject({ code: 2, stderr: expect.stringContaining('No cluster is configured') });
  const unreachable = await runProgram(
    process.execPath,
    [join(app, 'dist', 'src', 'cli', 'main.js'), 'setup'],
    { ...env, TEMPORAL_ADDRESS: '127.0.0.1:9' },
    folder,
  );
  expect(unreachable).toMatchObject({ code: 3, stderr: expect.stringContaining('127.0.0.1:9') });
}, 300_000);
