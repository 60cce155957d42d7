/** `bga mcp --http`: serve, or see to the tokens. */
import { UserError } from '../agents/errors';
import { loadConfig } from '../config';
import { addToken, FIRST_CALLER, readTokens, removeToken, type Tokens, tokensPath } from '../mcp/http/tokens';
import type { Cli } from './cli';
import type { CommandCall, ExitCode } from './command';
import { stateDirOf } from './secrets';
import { onShutdownSignals } from './shutdown';
import { requireDirectory } from './workspace';

type Options = CommandCall['options'];

export async function mcpHttp(cli: Cli, options: Options): Promise<ExitCode> {
  const { showToken, addToken: added, removeToken: removed } = options;
  if (showToken !== undefined) return show(cli, typeof showToken === 'string' ? showToken : undefined);
  if (typeof added === 'string') return add(cli, added);
  return typeof removed === 'string' ? remove(cli, removed) : serve(cli, options);
}

/** Makes the first one, for clients that are configured before the server is started. */
async function show(cli: Cli, name: string | undefined): Promise<ExitCode> {
  const stateDir = await stateDirOf(cli);
  const wanted = name ?? FIRST_CALLER;
  const tokens = readTokens(stateDir, cli.env);
  const token =
    tokens[wanted] ??
    (Object.keys(tokens).length === 0 && name === undefined ? addToken(stateDir, wanted) : undefined);
  if (token === undefined) throw noToken(wanted, tokens);
  cli.print({ name: wanted, token }, token);
  return 0;
}

async function add(cli: Cli, name: string): Promise<ExitCode> {
  const stateDir = await stateDirOf(cli);
  const isReplaced = Object.hasOwn(readTokens(stateDir, {}), name);
  const token = addToken(stateDir, name);
  if (isReplaced)
    cli.say(`It replaces the one that ${name} had: clients that send that one are refused from now on.`);
  cli.say(
    `Stored in ${tokensPath(stateDir)}; a server that runs knows it at once. Whoever has it acts as ${name}.`,
  );
  cli.print({ name, token, replaced: isReplaced }, token);
  return 0;
}

async function remove(cli: Cli, name: string): Promise<ExitCode> {
  const stateDir = await stateDirOf(cli);
  if (!removeToken(stateDir, name)) throw noToken(name, readTokens(stateDir, {}));
  cli.print({ removed: true }, `The token of ${name} is no longer accepted.`);
  return 0;
}

function noToken(name: string, tokens: Tokens): UserError {
  const others = Object.keys(tokens).join(', ') || 'nobody';
  return new UserError(
    'invalid',
    `There is no token of ${JSON.stringify(name)}. There are those of: ${others}.`,
  );
}

async function serve(cli: Cli, { host, port }: Options): Promise<ExitCode> {
  requireDirectory(cli.workspace);
  const { startMcpHttp } = await import('../mcp/http/serve');
  const flags = { http: { ...(typeof host === 'string' ? { host } : {}), ...portOf(port) } };
  const config = loadConfig({ env: cli.env, workspace: cli.workspace, flags });
  const log = await cli.log('mcp', config);
  const service = await startMcpHttp({ config, env: cli.env, workspace: cli.workspace, log });
  for (const note of service.notes) log('info', note);
  const lines = [
    `MCP at ${service.url}, for agents that read ${config.workspaceRoots?.join(', ') ?? cli.workspace}. Ctrl-C ends it.`,
    'Clients send "Authorization: Bearer TOKEN" with the token that this prints: bga mcp --http --show-token',
  ];
  cli.announce(log, { url: service.url }, lines);
  await new Promise<void>((resolve) => onShutdownSignals(() => resolve()));
  log('info', 'Ending: calls under way are answered first.');
  await service.drain();
  return 0;
}

function portOf(port: unknown): { port?: number } {
  if (port === undefined) return {};
  const number = Number(port);
  if (Number.isInteger(number) && number > 0 && number <= 65_535) return { port: number };
  throw new UserError('invalid', '--port: expected a number from 1 to 65535. See --help.');
}
