/** From an error to what a person reads, and to the exit code. */
import { UserError } from '../agents/errors';
import { ConfigError } from '../config/error';
import { LocalServiceError } from '../local/options';
import type { ExitCode } from './command';

export function explain(error: unknown): ExitCode {
  process.stderr.write(`bga: ${error instanceof Error ? error.message : String(error)}\n`);
  if (isExpected(error)) return exitCodeOf(error);
  return 1;
}

function isExpected(error: unknown): error is UserError | ConfigError | LocalServiceError {
  return error instanceof UserError || error instanceof ConfigError || error instanceof LocalServiceError;
}

function exitCodeOf(error: UserError | ConfigError | LocalServiceError): ExitCode {
  if (error instanceof LocalServiceError) return 3;
  return error instanceof UserError && (error.kind === 'unreachable' || error.kind === 'not_ready') ? 3 : 2;
}
