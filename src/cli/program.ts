import { Command, CommanderError } from 'commander';
import type { Env } from '../config';
import { VERSION } from '../version';
import { type Cli, createCli } from './cli';
import type { CliCommand, ExitCode } from './command';
import { COMMANDS } from './commands';
import { explain } from './explain';

/** Runs one command line. Never throws: what goes wrong is told on stderr, and is in the exit code. */
export async function runCli(argv: readonly string[], env: Env): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command('bga')
    .description(
      'Durable background agents: hand a task over, get an id back at once, read the result later.',
    )
    .version(VERSION)
    .option('--json', 'print the result as JSON on stdout')
    .option('--no-progress', 'no live display on stderr')
    .option('-C, --workspace <dir>', 'directory that the agents may read (default: the current one)')
    .exitOverride()
    .showHelpAfterError('(bga --help lists the commands)');
  for (const command of COMMANDS) {
    register(program, command, env, (code) => {
      exitCode = code;
    });
  }
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return explain(error);
  }
}

function register(program: Command, command: CliCommand, env: Env, onExit: (code: ExitCode) => void): void {
  const declared = program.command(command.name).description(command.summary);
  // Accepted behind the command as well, where most people write them.
  declared
    .option('--json', 'print the result as JSON on stdout')
    .option('--no-progress', 'no live display on stderr')
    .option('-C, --workspace <dir>', 'directory that the agents may read (default: the current one)');
  const ready = command.declare?.(declared) ?? declared;
  ready.action(async (...call: unknown[]) => {
    const cli = createCli(globalOptions(program, ready), env);
    try {
      onExit(await command.run(cli, { args: ready.args, options: ready.opts() }));
    } finally {
      await cli.close();
    }
    void call;
  });
}

function globalOptions(program: Command, command: Command): Parameters<typeof createCli>[0] {
  const own: Record<string, unknown> = command.opts();
  const outer: Record<string, unknown> = program.opts();
  const workspace = own.workspace ?? outer.workspace;
  return {
    json: own.json === true || outer.json === true,
    progress: own.progress !== false && outer.progress !== false,
    ...(typeof workspace === 'string' ? { workspace } : {}),
  };
}

export type { Cli };
