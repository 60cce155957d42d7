/** Watches an agent until it has ended, through restarts of everything that it depends on. */
import { setTimeout as delay } from 'node:timers/promises';
import type { OutputRequest, StatusResult } from '../agents';
import type { AgentsContext } from '../agents/context';
import { UserError } from '../agents/errors';
import type { Cli } from './cli';
import type { ExitCode } from './command';
import { dollars, short } from './words';

const LOOK_MS = 300;
/** A restarting server or worker is no reason to stop watching. */
export const PATIENCE_MS = 120_000;
/** Every page in one piece. */
const ALL_CHARS = 1_000_000;

export interface FollowOptions {
  /** Where to begin, and what to show. */
  request: OutputRequest;
  /** Stops the watching; the agent goes on. */
  signal: AbortSignal;
  /** New lines of the log, each once. */
  onLines(text: string): void;
  /** Told how it stands, at every look. */
  onLook?(agents: AgentsContext, now: StatusResult): void;
}

export interface Followed {
  agents: AgentsContext;
  ending: StatusResult;
  /** The lines that came with the ending: `onLines` has not seen them. */
  rest: string;
}

/** @returns the ending, or undefined when the watching was stopped */
export async function follow(
  cli: Cli,
  connected: AgentsContext,
  { request, signal, onLines, onLook }: FollowOptions,
): Promise<Followed | undefined> {
  const { output, status } = await import('../agents');
  let agents = connected;
  let place: Partial<OutputRequest> = {};
  let lastSeenMs: number | undefined;
  while (!signal.aborted) {
    try {
      const page = await output(agents, { ...request, max_chars: ALL_CHARS, ...place });
      const now = await status(agents, request.agent_id);
      lastSeenMs = Date.now();
      const hasEnded = now.finished_at !== undefined;
      // The page is from before the ending: the next has the same lines, and those that came with it.
      if (hasEnded && page.reason === undefined) continue;
      if (hasEnded && !page.truncated) {
        const rest = await withGap(agents, { ...request, ...place }, page.text);
        return { agents, ending: now, rest };
      }
      place = { cursor: page.next_cursor, since_last: false, tail: undefined };
      if (page.matched_lines > 0) onLines(page.text);
      cli.progress.state(statusLine(now));
      onLook?.(agents, now);
    } catch (error) {
      if (lastSeenMs === undefined || isFinal(error) || Date.now() - lastSeenMs > PATIENCE_MS) throw error;
      const seconds = (Date.now() - lastSeenMs) / 1000;
      cli.progress.step('the service does not answer; waiting for it to come back', seconds);
      agents = await reconnect(cli, agents, error);
    }
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/**
 * Of an ended agent the result is its answer alone. Whoever watched it before is owed as well what it said between the
 * last look and the answer: those lines are in the full log, among its tool calls.
 */
async function withGap(agents: AgentsContext, request: OutputRequest, answer: string): Promise<string> {
  if (request.view === 'full' || request.cursor === undefined) return answer;
  const { output } = await import('../agents');
  const { text } = await output(agents, { ...request, view: 'full', max_chars: ALL_CHARS });
  if (!text.endsWith(answer)) return answer;
  const said = text.slice(0, text.length - answer.length).split('\n');
  return said.filter((line) => !/^(\[(tool|note)\]|›) /.test(line)).join('\n') + answer;
}

/** Once an agent was seen, only a wrong question stays wrong: a server that comes up may say anything for a moment. */
export function isFinal(error: unknown): boolean {
  return error instanceof UserError && error.kind === 'invalid';
}

/** The service may have come back at another address. */
async function reconnect(cli: Cli, agents: AgentsContext, error: unknown): Promise<AgentsContext> {
  if (error instanceof UserError && error.kind === 'not_ready') return agents;
  return cli.agents().catch(() => agents);
}

function waitingLine({ text, options, asked_at: askedAt }: NonNullable<StatusResult['question']>): string {
  const choices = options ? ` (${options.join(' | ')})` : '';
  return `${askedAt === undefined ? 'waiting' : 'asks'}: ${text}${choices}`;
}

export function statusLine({ status, progress, usage, question }: StatusResult): string {
  const tokens =
    usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens + usage.output_tokens;
  return [
    status,
    `turn ${progress.turn}/${progress.max_turns}`,
    `${progress.tool_calls} tool calls`,
    `${short(tokens)} tokens`,
    ...(usage.cost_usd > 0 ? [dollars(usage.cost_usd)] : []),
    question === undefined ? progress.activity : waitingLine(question),
  ].join(' · ');
}

export function exitCodeOf(ending: StatusResult['status']): ExitCode {
  return ending === 'failed' || ending === 'killed' ? 1 : 0;
}
