import type { Command } from 'commander';
import type { Cli } from './cli';

/** 0: done; 1: the agent failed or was killed; 2: usage; 3: the server cannot be reached; 4: still running when the wait was over. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** A command is a value: the table in `commands/index.ts` lists them, one loop registers them. */
export interface CliCommand {
  name: string;
  summary: string;
  /** Declares arguments and options. */
  declare?(command: Command): Command;
  run(cli: Cli, call: { args: string[]; options: Record<string, unknown> }): Promise<ExitCode>;
}
