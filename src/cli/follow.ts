/** Shows live what an agent does, until it has ended. */
import { setTimeout as delay } from 'node:timers/promises';
import { output, type StatusResult, status } from '../agents';
import type { AgentsContext } from '../agents/context';
import { UserError } from '../agents/errors';
import type { Cli } from './cli';
import type { ExitCode } from './command';

const LOOK_MS = 300;
/** A restarting server or worker is no reason to stop watching. */
const PATIENCE_MS = 120_000;

export interface FollowOptions {
  /** Stops the watching; the agent goes on. */
  signal: AbortSignal;
  /** Called with new lines of the log as they come; by default they go to stderr. */
  onLines?: (text: string) => void;
  filter?: string;
  view?: 'result' | 'full';
}

/** @returns the ending, or undefined when the watching was stopped */
export async function follow(
  cli: Cli,
  agents: AgentsContext,
  agentId: string,
  { signal, onLines = (text) => cli.progress.line(text), filter, view = 'full' }: FollowOptions,
): Promise<StatusResult | undefined> {
  let cursor = 0;
  let shown = '';
  let lastSeenMs = Date.now();
  while (!signal.aborted) {
    try {
      const now = await status(agents, agentId);
      const page = await output(agents, {
        agent_id: agentId,
        cursor,
        view,
        max_chars: 1_000_000,
        ...(filter === undefined ? {} : { filter }),
      });
      lastSeenMs = Date.now();
      cursor = page.next_cursor;
      const isAnswer = now.status === 'completed' && view === 'full';
      if (page.text !== '' && !isAnswer) onLines(page.text);
      if (now.finished_at !== undefined && !page.truncated) return now;
      shown = statusLine(now);
    } catch (error) {
      if (!isPassing(error) || Date.now() - lastSeenMs > PATIENCE_MS) throw error;
      shown = 'the service does not answer; waiting for it to come back';
    }
    cli.progress.step(shown, (Date.now() - lastSeenMs) / 1000);
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function isPassing(error: unknown): boolean {
  return error instanceof UserError && (error.kind === 'unreachable' || error.kind === 'not_ready');
}

export function statusLine({ status: name, progress, usage, question }: StatusResult): string {
  const tokens =
    usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens + usage.output_tokens;
  const doing = question ? `waiting: ${question}` : progress.activity;
  return `${name} · turn ${progress.turn}/${progress.max_turns} · ${progress.tool_calls} tool calls · ${tokens} tokens · ${doing}`;
}

export function exitCodeOf(ending: StatusResult['status']): ExitCode {
  return ending === 'failed' || ending === 'killed' ? 1 : 0;
}
