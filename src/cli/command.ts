import type { Command } from 'commander';
import type { Cli } from './cli';

/**
 * 0: done; 1: the agent failed or was killed; 2: usage; 3: the server cannot be reached;
 * 4: the agent is still working: the wait was over, or the watching was interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

export interface CommandCall {
  args: string[];
  options: Record<string, unknown>;
}

/** A command is a value: the table in `commands/index.ts` lists them, one loop registers them. */
export interface CliCommand {
  name: string;
  summary: string;
  /** Run by another program, for which a failure of ours is no failure: whatever goes wrong is told on stderr alone. */
  neverFails?: true;
  /** Declares arguments and options. */
  declare?(command: Command): Command;
  run(cli: Cli, call: CommandCall): Promise<ExitCode>;
}
