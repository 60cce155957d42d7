/** What tools can do at most, whatever a model asks of them: the rights that they do without are taken from them, or watched. */
import { execFileSync } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOLS } from '../../../activities/tools';
import { TOOL_NAMES } from '../../../src/agentTypes/agentType';
import { ROOT } from '../../support/root';
import { type Box, makeBox } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
  box.write('src/a.ts', 'needle\n');
  box.write('src/b.ts', 'hay\n');
});
afterEach(() => box.remove());

/** A workspace that was made to have its reader do something. */
function makeHostile(): void {
  const ran = join(box.outside, 'ran');
  const trap = `#!/bin/sh\ntouch ${ran}\n`;
  mkdirSync(join(box.root, 'node_modules', '.bin'), { recursive: true });
  for (const name of ['rg', 'sh', 'git', 'node', 'node_modules/.bin/rg', 'node_modules/.bin/sh'])
    writeFileSync(join(box.root, name), trap, { mode: 0o755 });
  box.write('.ripgreprc', `--pre=${join(box.root, 'rg')}\n`);
  box.write('.rgignore', '!**/*\n!../**\n!/etc/**\n');
  box.write('.ignore', '!.env\n!id_rsa\n');
  box.write('.gitignore', '!.env\n!**/.git/config\n');
  box.write('.gitattributes', `* diff=evil filter=evil\n`);
  box.write('.git/config', `[core]\n\tfsmonitor = ${trap}\n\tpager = ${trap}\nneedle\n`);
  box.write('.git/hooks/post-checkout', trap);
  box.write('.env', 'needle\n');
  box.write('id_rsa', 'needle\n');
  writeFileSync(join(box.outside, 'secret.txt'), 'needle outside\n');
  symlinkSync(join(box.outside, 'secret.txt'), join(box.root, 'link.txt'));
  symlinkSync(box.outside, join(box.root, 'up'));
}

const SEARCHES = [
  { pattern: 'needle' },
  { pattern: 'needle', include_ignored: true },
  { pattern: 'needle', glob: '**/.env' },
  { pattern: 'needle', glob: '--pre=./rg' },
  { pattern: '--pre=./rg' },
  { pattern: 'needle', path: 'up' },
  { pattern: 'needle', path: '..' },
  { pattern: 'needle', path: 'link.txt' },
];
const CALLS: [string, object][] = [
  ...SEARCHES.map((input): [string, object] => ['search', input]),
  ['list_files', {}],
  ['list_files', { path: 'up' }],
  ['list_files', { glob: '*', include_ignored: true }],
  ['read_file', { path: 'src/a.ts' }],
  ['read_file', { path: 'link.txt' }],
  ['read_file', { path: 'up/secret.txt' }],
  ['read_file', { path: '.git/config' }],
  ['read_file', { path: '/proc/self/environ' }],
];

/** Everything about every file but when it was read last. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const stats = lstatSync(join(folder, name));
      const content = stats.isFile() ? readFileSync(join(folder, name), 'utf8') : '';
      return JSON.stringify([name, stats.mode, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs, content]);
    })
    .sort();
}

it('agents have tools that read, and a question to their caller', () => {
  expect([...TOOLS.map(({ name }) => name), 'ask'].sort()).toEqual([...TOOL_NAMES].sort());
  expect(TOOLS.map(({ name }) => name).sort()).toEqual(['list_files', 'read_file', 'search']);
});

it('no call changes a file, shows one outside, or starts anything but ripgrep, in a workspace made to have them do it', async () => {
  makeHostile();
  const started: string[][] = [];
  const connected: unknown[] = [];
  const onProcess = (message: unknown) => {
    const child = Object(message).process;
    // It has its arguments a moment later.
    setImmediate(() => started.push(Object(child).spawnargs ?? []));
  };
  const onSocket = (message: unknown) => connected.push(message);
  diagnostics.subscribe('child_process', onProcess);
  diagnostics.subscribe('net.client.socket', onSocket);
  const before = snapshot(box.outside);
  const answers: string[] = [];
  try {
    for (const [name, input] of CALLS) answers.push((await box.run(name, input)).text);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    diagnostics.unsubscribe('child_process', onProcess);
    diagnostics.unsubscribe('net.client.socket', onSocket);
  }
  expect(snapshot(box.outside)).toEqual(before);
  expect(answers[0]).toContain('src/a.ts:1: needle');
  for (const text of answers) expect(text).not.toMatch(/needle outside|^\.env:|^id_rsa:|^\.git\/config:/m);
  // A shell lowers the limits and becomes ripgrep, which is that of the package.
  expect(started.length).toBeGreaterThan(5);
  const programs = new Set(
    started.map(([shell, , , program]) => `${shell} ${program?.replace(/^.*node_modules/, '…')}`),
  );
  expect([...programs]).toEqual([
    process.platform === 'linux'
      ? `/bin/sh …/@vscode/ripgrep-linux-${process.arch}/bin/rg`
      : expect.stringContaining('rg'),
  ]);
  expect(
    started.flat().filter((argument) => /^--(pre|hostname-bin|search-zip|follow)\b/.test(argument)),
  ).toEqual([]);
  expect(connected).toEqual([]);
});

describe('under a Node that may only read', () => {
  const PERMISSION = ['--permission', '--experimental-permission'].find((flag) =>
    process.allowedNodeEnvironmentFlags.has(flag),
  );
  /** Of a process of its own, whose rights are what `rights` names. */
  function run(rights: string[], tool: string, input: object): { text?: string; denied?: string } {
    const script = `
      const { openWorkspace, runTool } = require(${JSON.stringify(join(ROOT, 'dist/activities/tools/index.js'))});
      openWorkspace(${JSON.stringify(box.root)})
        .then((workspace) => runTool('${tool}', ${JSON.stringify(input)}, { workspace, signal: new AbortController().signal }))
        .then(({ text }) => console.log(JSON.stringify({ text })), (error) => console.log(JSON.stringify({ denied: error.message })));`;
    const args = [PERMISSION ?? '', '--no-warnings', '--allow-fs-read=*', ...rights, '-e', script];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  }

  it('read_file does its work: it neither writes nor starts a process', () => {
    expect(run([], 'read_file', { path: 'src/a.ts' }).text).toContain('needle');
  });

  it('search and list_files do theirs once they may start ripgrep, and not before', () => {
    const calls: [string, object][] = [
      ['search', { pattern: 'needle' }],
      ['list_files', {}],
    ];
    for (const [tool, input] of calls) {
      expect(run([], tool, input).denied).toContain('restricted');
      expect(run(['--allow-child-process'], tool, input).text).toContain('src/a.ts');
    }
  });
});
