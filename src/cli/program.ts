import { Command, CommanderError } from 'commander';
import type { Env } from '../config';
import { secretsOfEnvironment } from '../log/environment';
import { VERSION } from '../version';
import { createCli, type GlobalOptions } from './cli';
import type { CliCommand, ExitCode } from './command';
import { COMMANDS } from './commands';
import { explain } from './explain';

const DESCRIPTION =
  'Durable background agents: hand a task over, get an id back at once, read the result later.';

const MORE = `
Examples:
  bga run "Where are sessions stored?"         watch an agent answer
  bga spawn -t audit "Audit the login code"    leave one to work on its own
  bga output ID -f                             read what it says

Exit codes: 0 done, 1 the agent failed or was killed, 2 usage, 3 the server cannot be reached,
4 the agent is still working.`;

/** Runs one command line. Never throws: what goes wrong is told on stderr, and is in the exit code. */
export async function runCli(argv: readonly string[], env: Env): Promise<ExitCode> {
  const code = await runProgram(argv, env);
  return COMMANDS.some(({ name, neverFails }) => neverFails && argv[2] === name) ? 0 : code;
}

async function runProgram(argv: readonly string[], env: Env): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = commandLine(env, (code) => {
    exitCode = code;
  });
  if (argv.length <= 2) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return explain(error, secretsOfEnvironment(env));
  }
}

/**
 * All commands with their options, as their help and the reference in `docs/` describe them.
 * @public `scripts/reference.js` uses it, once built.
 */
export function commandLine(env: Env, onExit: (code: ExitCode) => void): Command {
  const program = withGlobalOptions(new Command('bga'))
    .description(DESCRIPTION)
    .version(VERSION)
    .addHelpText('after', MORE)
    .showHelpAfterError('(bga --help lists the commands)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'bga: ')) });
  for (const command of COMMANDS) register(program, command, env, onExit);
  return program;
}

function register(program: Command, command: CliCommand, env: Env, onExit: (code: ExitCode) => void): void {
  // Accepted behind the command as well, where most people write them.
  const own = withGlobalOptions(program.command(command.name))
    .description(command.summary)
    .showHelpAfterError(`(bga ${command.name} --help tells more)`);
  const ready = command.declare?.(own) ?? own;
  ready.action(async () => {
    const cli = createCli(globalOptions(program, ready), env);
    try {
      onExit(await command.run(cli, { args: ready.args, options: ready.opts() }));
    } catch (error) {
      cli.progress.done();
      onExit(explain(error, secretsOfEnvironment(env), cli.lastWords()));
    } finally {
      await cli.close();
    }
  });
}

function withGlobalOptions(command: Command): Command {
  return command
    .option('--json', 'print the result as JSON on stdout')
    .option('--no-progress', 'plain lines on stderr instead of a live display')
    .option('-C, --workspace <dir>', 'directory that the agents may read (default: the current one)');
}

function globalOptions(program: Command, command: Command): GlobalOptions {
  const own: Record<string, unknown> = command.opts();
  const outer: Record<string, unknown> = program.opts();
  const workspace = own.workspace ?? outer.workspace;
  return {
    json: own.json === true || outer.json === true,
    progress: own.progress !== false && outer.progress !== false,
    ...(typeof workspace === 'string' ? { workspace } : {}),
  };
}
