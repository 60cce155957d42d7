/** From an error to what a person reads, and to the exit code. */
import { redact } from '../../activities/redact';
import { UserError } from '../agents/errors';
import { ConfigError } from '../config/error';
import { LocalServiceError } from '../local/options';
import type { ExitCode } from './command';
import { printable } from './words';

/** Told on stderr, or to whom a process that runs on tells everything. */
export function explain(error: unknown, secrets: readonly string[], tell = toStderr): ExitCode {
  const text = error instanceof Error ? error.message : String(error);
  tell(redact(inCommands(text), secrets));
  if (error instanceof LocalServiceError) return 3;
  if (error instanceof ConfigError) return 2;
  if (error instanceof UserError) return error.kind === 'unreachable' || error.kind === 'not_ready' ? 3 : 2;
  return 1;
}

function toStderr(text: string): void {
  process.stderr.write(`bga: ${process.stderr.isTTY ? printable(text) : text}\n`);
}

/** The texts are shared with the MCP tools; at a terminal the way out is the command of the same name. */
export function inCommands(text: string): string {
  return text.replace(/\b(C|c)all agent_([a-z]+)\b/g, (_, first: string, verb: string) =>
    first === 'C' ? `Run bga ${verb}` : `run bga ${verb}`,
  );
}
