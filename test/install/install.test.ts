/** `bga install` in a home of its own: what it writes, what it keeps, and that what it wrote starts. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { CLIENTS } from '../../src/install/clients';
import { apply, isChange, planInstall, planUndo } from '../../src/install/plan';
import { endAll, startInTerminal } from '../cli/process';
import { connectTo } from '../mcp/support';
import { BGA, cleanEnv, runBga } from '../support/product';

let folder: string;
let env: NodeJS.ProcessEnv;
let workspace: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bga-install-')));
  workspace = join(folder, 'project');
  mkdirSync(workspace);
  mkdirSync(join(folder, 'home'));
  env = {
    ...cleanEnv(join(folder, 'state')),
    HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: join(folder, 'xdg'),
  };
  for (const name of ['CLAUDE_CONFIG_DIR', 'CODEX_HOME']) delete env[name];
});
afterEach(() => {
  endAll();
  rmSync(folder, { recursive: true, force: true });
});

const bga = (...args: string[]) => runBga(env, workspace, ...args);
const home = (...path: string[]) => join(folder, 'home', ...path);
const stateDir = () => join(folder, 'state');
const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

function put(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** What the command does once it is agreed on; how many files that changed. */
function change(
  client: string,
  { scope = 'user', undo = false }: { scope?: 'user' | 'project'; undo?: boolean } = {},
): number {
  const launch = { command: process.execPath, args: [BGA], env: { BGA_HOME: stateDir() } };
  const parts = CLIENTS[client]?.parts({ scope, home: home(), env, workspace, launch, hooks: true }) ?? [];
  const changes = undo ? planUndo(parts, stateDir()) : planInstall(parts, stateDir());
  apply(changes, stateDir());
  return changes.filter(isChange).length;
}

/** Every file but our own, with its bytes. */
function tree(dir = folder): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (path === join(folder, 'state')) continue;
    if (entry.isDirectory()) Object.assign(found, { [`${path}/`]: '' }, tree(path));
    else found[path] = readFileSync(path, 'latin1');
  }
  return found;
}

const PLACES = [
  ['claude-code', 'user', ['home/.claude.json', 'home/.claude/settings.json']],
  ['claude-code', 'project', ['project/.mcp.json', 'project/.claude/settings.json']],
  ['codex', 'user', ['home/.codex/config.toml']],
  ['codex', 'project', ['project/.codex/config.toml']],
  ['cursor', 'user', ['home/.cursor/mcp.json']],
  ['cursor', 'project', ['project/.cursor/mcp.json']],
  ['opencode', 'user', ['xdg/opencode/opencode.json']],
  ['opencode', 'project', ['project/opencode.json']],
] as const;

it.each(PLACES)(
  '%s, %s scope: written where it is read, once, and undone without a trace',
  (client, scope, files) => {
    const before = tree();
    expect(change(client, { scope })).toBe(files.length);
    const written = tree();
    for (const file of files) expect(written[join(folder, file)]).toContain('main.js');
    expect(change(client, { scope })).toBe(0);
    expect(tree()).toEqual(written);
    expect(change(client, { scope, undo: true })).toBe(files.length);
    expect(tree()).toEqual(before);
  },
);

it('is told with its diff, once, and so is its undoing', async () => {
  const before = tree();
  const first = await bga('install', 'claude-code', '--yes');
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain(`+++ ${home('.claude.json')}`);
  expect(first.stdout).toContain('+    "background-agents": {');
  expect(first.stderr).toContain('Added to Claude Code.');
  const again = await bga('install', 'claude-code');
  expect(again).toMatchObject({ code: 0, stdout: '' });
  expect(again.stderr).toContain('has it already');
  const undone = await bga('install', 'claude-code', '--undo', '--yes');
  expect(undone.stdout).toContain('-    "background-agents": {');
  expect(undone.stderr).toContain('Taken out of Claude Code.');
  expect(tree()).toEqual(before);
});

it('says so where there is nothing to take out', async () => {
  expect((await bga('uninstall', 'cursor')).stderr).toContain('nothing of ours');
});

it('keeps bytes, mode and links of what is there', () => {
  const real = put(
    join(folder, 'dotfiles', 'settings.json'),
    '\ufeff{\r\n\t// mine\r\n\t"model": "opus"\r\n}',
  );
  chmodSync(real, 0o640);
  mkdirSync(home('.claude'));
  symlinkSync(real, home('.claude', 'settings.json'));
  const before = tree();
  change('claude-code');
  expect(lstatSync(home('.claude', 'settings.json')).isSymbolicLink()).toBe(true);
  expect(statSync(real).mode & 0o777).toBe(0o640);
  const text = readFileSync(real, 'utf8');
  expect(text.startsWith('\ufeff{\r\n\t// mine\r\n\t"model": "opus",\r\n\t"hooks": {')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  change('claude-code', { undo: true });
  expect(tree()).toEqual(before);
});

it('takes out what it added, and nothing else, when other things have changed since', () => {
  put(home('.claude.json'), '{\n  "numStartups": 1\n}\n');
  put(home('.codex', 'config.toml'), '# mine\nmodel = "o3"\n');
  for (const client of ['claude-code', 'codex']) change(client);
  const servers = json(home('.claude.json'));
  servers.numStartups = 2;
  servers.mcpServers.other = { command: 'x' };
  put(home('.claude.json'), JSON.stringify(servers, null, 2));
  const settings = json(home('.claude', 'settings.json'));
  settings.hooks.Stop.push({ hooks: [{ type: 'command', command: 'say' }] });
  put(home('.claude', 'settings.json'), JSON.stringify(settings, null, 2));
  const toml = readFileSync(home('.codex', 'config.toml'), 'utf8');
  put(
    home('.codex', 'config.toml'),
    `${toml.replace('o3', 'o4')}\n[projects."/x"]\ntrust_level = "trusted" # yes\n`,
  );
  for (const client of ['claude-code', 'codex']) change(client, { undo: true });
  expect(json(home('.claude.json'))).toEqual({ numStartups: 2, mcpServers: { other: { command: 'x' } } });
  expect(json(home('.claude', 'settings.json'))).toEqual({ hooks: { Stop: [settings.hooks.Stop[1]] } });
  expect(readFileSync(home('.codex', 'config.toml'), 'utf8')).toBe(
    '# mine\nmodel = "o4"\n[projects."/x"]\ntrust_level = "trusted" # yes\n',
  );
});

it('leaves a broken file, and the others with it, and names line and column', () => {
  put(home('.claude', 'settings.json'), '{\n  "hooks": [,]\n}\n');
  put(home('.codex', 'config.toml'), 'model = \n');
  const before = tree();
  expect(() => change('claude-code')).toThrow(`${home('.claude', 'settings.json')}:2:13: broken JSON`);
  expect(() => change('codex')).toThrow(`${home('.codex', 'config.toml')}:1:9: broken TOML`);
  expect(tree()).toEqual(before);
});

it('changes nothing in a dry run, nor where there is nobody to ask', async () => {
  const before = tree();
  const dry = await bga('install', 'cursor', '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({
    client: 'cursor',
    scope: 'user',
    applied: false,
    files: [{ file: home('.cursor', 'mcp.json'), action: 'create', diff: expect.stringContaining('+') }],
    server: { command: expect.stringMatching(/node$/), args: [BGA, 'mcp'] },
  });
  const silent = await bga('install', 'cursor');
  expect(silent).toMatchObject({ code: 2 });
  expect(silent.stderr).toContain('--yes');
  expect((await bga('install', 'cursr', '--yes')).stderr).toContain('Did you mean "cursor"?');
  expect((await bga('install', 'cursor', '--scope', 'global')).stderr).toContain(
    'expected one of user, project',
  );
  expect(tree()).toEqual(before);
});

it('shows the change at a terminal, and asks', async () => {
  const place = { env, workspace };
  const no = startInTerminal(place, 'install', 'codex');
  await no.shows('Change this file?');
  expect(no.stdout()).toContain('+[mcp_servers.background-agents]');
  no.child.stdin?.write('n');
  await no.ended;
  expect(no.stdout()).toContain('Nothing was changed');
  expect(readdirSync(home())).toEqual([]);
  const yes = startInTerminal(place, 'install', 'codex');
  await yes.shows('Change this file?');
  yes.child.stdin?.write('y');
  expect((await yes.ended).code).toBe(0);
  expect(readdirSync(home('.codex'))).toEqual(['config.toml']);
});

it('honours the folders that the clients are told to use', () => {
  Object.assign(env, { CLAUDE_CONFIG_DIR: join(folder, 'c'), CODEX_HOME: join(folder, 'x') });
  for (const client of ['claude-code', 'codex']) change(client);
  expect(readdirSync(join(folder, 'c')).sort()).toEqual(['.claude.json', 'settings.json']);
  expect(readdirSync(join(folder, 'x'))).toEqual(['config.toml']);
  expect(readdirSync(home())).toEqual([]);
});

it('follows how OpenCode is configured already: the file, and its second version', () => {
  const file = put(
    join(folder, 'xdg', 'opencode', 'opencode.jsonc'),
    '{ "mcp": { "servers": { "x": { "type": "local" } } } }',
  );
  change('opencode');
  expect(Object.keys(json(file).mcp.servers)).toEqual(['x', 'background-agents']);
});

it('installs without the hooks, and through npx, when asked to', async () => {
  await bga('install', 'claude-code', '--scope', 'project', '--npx', '--no-hooks', '--yes');
  expect(json(join(workspace, '.mcp.json')).mcpServers['background-agents']).toMatchObject({
    type: 'stdio',
    command: 'npx',
    args: ['-y', 'background-agents', 'mcp'],
  });
  expect(readdirSync(workspace)).toEqual(['.mcp.json']);
});

describe('what is written starts', () => {
  interface Server {
    command: string;
    args: string[];
    env?: Record<string, string>;
  }
  const readers: [string, () => Server][] = [
    ['claude-code', () => json(home('.claude.json')).mcpServers['background-agents']],
    ['cursor', () => json(home('.cursor', 'mcp.json')).mcpServers['background-agents']],
    [
      'codex',
      () =>
        Object(parseToml(readFileSync(home('.codex', 'config.toml'), 'utf8'))).mcp_servers[
          'background-agents'
        ],
    ],
    [
      'opencode',
      () => {
        const { command, environment } = json(join(folder, 'xdg', 'opencode', 'opencode.json')).mcp[
          'background-agents'
        ];
        return { command: command[0], args: command.slice(1), env: environment };
      },
    ],
  ];

  it.each(readers)('the server of %s, with its tools', async (client, read) => {
    change(client);
    const server = read();
    const mcp = await connectTo({
      command: server.command,
      args: server.args.map((arg) => arg.replace(/^\$\{workspaceFolder\}$/, workspace)),
      // Codex hands over little more.
      env: { HOME: home(), PATH: process.env.PATH ?? '', ...server.env },
      cwd: folder,
    });
    const { tools } = await mcp.client.listTools();
    await mcp.close();
    expect(tools.map(({ name }) => name)).toContain('agent_spawn');
    expect(server.env).toEqual({ BGA_HOME: stateDir() });
  });

  it('the hooks of Claude Code, in a shell', () => {
    change('claude-code');
    const { hooks } = json(home('.claude', 'settings.json'));
    expect(Object.keys(hooks)).toEqual(['UserPromptSubmit', 'Stop', 'SessionEnd']);
    for (const [event, [{ hooks: commands }]] of Object.entries<[{ hooks: { command: string }[] }]>(hooks)) {
      const input = JSON.stringify({ session_id: 's', hook_event_name: event, cwd: workspace });
      expect(execFileSync('sh', ['-c', commands[0]?.command ?? 'false'], { input, encoding: 'utf8' })).toBe(
        '',
      );
    }
  });
});
