import { filterLines } from '../filter';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { type Log, type NumberedLine, readLog, type View } from './log';
import { type Observation, observe } from './observe';
import type { OutputResult } from './results';

export interface OutputRequest {
  agent_id: string;
  filter?: string | undefined;
  since_last?: boolean | undefined;
  cursor?: number | undefined;
  tail?: number | undefined;
  view?: View | undefined;
  max_chars?: number | undefined;
}

export const DEFAULT_MAX_CHARS = 8_000;
export const MOST_MAX_CHARS = 40_000;

/** What an agent has said, from a place on, filtered and cut as asked. */
export async function output(context: AgentsContext, request: OutputRequest): Promise<OutputResult> {
  const seen = await observe(context, request.agent_id);
  const from = startOf(context, request);
  const log = await readLog(context, seen, request.view ?? 'result', from);
  const kept = request.filter === undefined ? log.lines : await filtered(log.lines, request.filter);
  const tail = request.tail === undefined ? kept : kept.slice(-request.tail);
  const page = fit(tail, log, request.max_chars ?? DEFAULT_MAX_CHARS);
  rememberPlace(context, request, seen, from, page);
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    text: page.text,
    line_count: log.lineCount,
    matched_lines: kept.length,
    next_cursor: page.nextCursor,
    truncated: page.truncated,
    ...(log.note === undefined ? {} : { note: log.note }),
  };
}

function startOf({ session }: AgentsContext, request: OutputRequest): number {
  if (request.cursor !== undefined) return request.cursor;
  return request.since_last ? session.places.get(request.agent_id) : 0;
}

async function filtered(lines: readonly NumberedLine[], pattern: string): Promise<NumberedLine[]> {
  const result = await filterLines(
    lines.map((line) => line.text),
    pattern,
  );
  if (!result.ok) throw new UserError('invalid', result.error);
  return result.matched.flatMap((index) => lines[index] ?? []);
}

interface Page {
  text: string;
  nextCursor: number;
  truncated: boolean;
}

/** As many whole lines as fit; a single line that is longer than everything allowed is cut, and says so. */
export function fit(lines: readonly NumberedLine[], log: Pick<Log, 'lineCount'>, maxChars: number): Page {
  const shown: string[] = [];
  let room = maxChars;
  for (const line of lines) {
    if (line.text.length + 1 > room && shown.length > 0) {
      return { text: shown.join('\n'), nextCursor: line.number, truncated: true };
    }
    const text = line.text.length > room ? cutLine(line.text, room) : line.text;
    shown.push(text);
    room -= text.length + 1;
  }
  return { text: shown.join('\n'), nextCursor: log.lineCount, truncated: false };
}

function cutLine(text: string, room: number): string {
  const mark = ` […${text.length - room} more characters in this line]`;
  return text.slice(0, Math.max(0, room - mark.length)) + mark;
}

/** A reading moves the session's place when it leaves no gap: without a filter or tail, or by `since_last` itself. */
function rememberPlace(
  { session }: AgentsContext,
  request: OutputRequest,
  seen: Observation,
  from: number,
  page: Page,
): void {
  const place = session.places.get(request.agent_id);
  const whole = request.filter === undefined && request.tail === undefined;
  const readToTheEnd = seen.outcome !== undefined && !page.truncated && whole;
  const moves = request.since_last === true || (whole && from <= place);
  session.places.set(request.agent_id, moves ? Math.max(place, page.nextCursor) : place, readToTheEnd);
}
