/** Where each client keeps its MCP servers, and how an entry looks there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../config';
import { claudeHooks } from './claudeHooks';
import type { Edit } from './edit';
import { readText, splitBom } from './file';
import { jsonEntry } from './jsonEntry';
import { valueAt } from './jsonText';
import { type Launch, SERVER_NAME, shellCommand } from './launch';
import { tomlTable } from './tomlTable';

export const SCOPES = ['user', 'project'] as const;
export type InstallScope = (typeof SCOPES)[number];

interface Setting {
  scope: InstallScope;
  home: string;
  env: Env;
  /** The project's folder. */
  workspace: string;
  launch: Launch;
  hooks: boolean;
}

export interface Part {
  file: string;
  edit: Edit;
}

export interface InstallClient {
  title: string;
  parts(setting: Setting): Part[];
  /** What a person should do or know next. */
  hint: string;
}

export const CLIENTS: Readonly<Record<string, InstallClient>> = {
  'claude-code': {
    title: 'Claude Code',
    parts: claudeCode,
    hint: 'It is there in new sessions; /mcp shows it, /hooks the hooks.',
  },
  codex: { title: 'Codex', parts: codex, hint: 'It is there in new sessions; codex mcp list shows it.' },
  cursor: { title: 'Cursor', parts: cursor, hint: 'Switch it on in the settings of Cursor, under MCP.' },
  opencode: {
    title: 'OpenCode',
    parts: openCode,
    hint: 'It is there in new sessions; opencode mcp list shows it.',
  },
};

function claudeCode({ scope, home, env, workspace, launch, hooks }: Setting): Part[] {
  const folder = env.CLAUDE_CONFIG_DIR || join(home, '.claude');
  const isUser = scope === 'user';
  const servers = isUser ? join(env.CLAUDE_CONFIG_DIR || home, '.claude.json') : join(workspace, '.mcp.json');
  const settings = isUser ? join(folder, 'settings.json') : join(workspace, '.claude', 'settings.json');
  const entry = { type: 'stdio', ...stdio(launch, []) };
  return [
    { file: servers, edit: jsonEntry(servers, ['mcpServers', SERVER_NAME], entry) },
    ...(hooks ? [{ file: settings, edit: claudeHooks(settings, shellCommand(launch, 'hook')) }] : []),
  ];
}

/** npx may have to unpack the package first. */
const STARTUP_S = 60;
/** Codex starts servers with a handful of variables; a key, a cluster and proxies are passed on only when they are named. */
const FORWARDED = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'TEMPORAL_ADDRESS',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
];

function codex({ scope, home, env, workspace, launch }: Setting): Part[] {
  const folder = scope === 'user' ? env.CODEX_HOME || join(home, '.codex') : join(workspace, '.codex');
  const file = join(folder, 'config.toml');
  const { env: own, ...server } = stdio(launch, []);
  const table = {
    ...server,
    startup_timeout_sec: STARTUP_S,
    env_vars: FORWARDED,
    ...(own === undefined ? {} : { env: own }),
  };
  return [{ file, edit: tomlTable(file, ['mcp_servers', SERVER_NAME], table) }];
}

/** Cursor starts servers wherever it was started itself, and fills in the folder. */
function cursor({ scope, home, workspace, launch }: Setting): Part[] {
  const file = join(scope === 'user' ? home : workspace, '.cursor', 'mcp.json');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Cursor replaces it
  const entry = stdio(launch, ['-C', '${workspaceFolder}']);
  return [{ file, edit: jsonEntry(file, ['mcpServers', SERVER_NAME], entry) }];
}

function openCode({ scope, home, env, workspace, launch }: Setting): Part[] {
  const folder =
    scope === 'user' ? join(env.XDG_CONFIG_HOME || join(home, '.config'), 'opencode') : workspace;
  const names = ['opencode.json', 'opencode.jsonc'].map((name) => join(folder, name));
  const file = names.find((name) => existsSync(name)) ?? join(folder, 'opencode.json');
  const { command, args, env: own } = stdio(launch, []);
  const server = {
    type: 'local',
    command: [command, ...args],
    ...(own === undefined ? {} : { environment: own }),
  };
  // Version 2 has a level more, reads the form of version 1 as well, and must not be given both at once.
  return hasVersion2Servers(file)
    ? [{ file, edit: jsonEntry(file, ['mcp', 'servers', SERVER_NAME], server) }]
    : [{ file, edit: jsonEntry(file, ['mcp', SERVER_NAME], { ...server, enabled: true }) }];
}

function hasVersion2Servers(file: string): boolean {
  const { rest } = splitBom(readText(file) ?? '');
  const servers = Object(valueAt(file, rest, ['mcp']))?.servers;
  return typeof servers === 'object' && servers !== null && !('type' in servers) && !('enabled' in servers);
}

function stdio({ command, args, env }: Launch, more: readonly string[]) {
  const own = Object.keys(env).length > 0 ? { env: { ...env } } : {};
  return { command, args: [...args, 'mcp', ...more], ...own };
}
