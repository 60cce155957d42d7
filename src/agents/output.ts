import { cutChars } from '../../workflows/text';
import { filterLines } from '../filter';
import type { AgentsContext } from './context';
import { DEFAULT_MAX_CHARS, MOST_MAX_CHARS } from './defaults';
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

/** What an agent has said, from a place on, filtered and cut as asked. */
export async function output(context: AgentsContext, request: OutputRequest): Promise<OutputResult> {
  const seen = await observe(context, request.agent_id);
  const from = startOf(context, request);
  const log = await readLog(context, seen, request.view ?? 'result', from);
  const kept = request.filter === undefined ? log.lines : await filtered(log.lines, request.filter);
  const tail = request.tail === undefined ? kept : kept.slice(-request.tail);
  const page = fitting(tail, log, request.max_chars ?? DEFAULT_MAX_CHARS);
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

/** As many whole lines as fit. A single line that is longer than everything allowed is cut, and counts as truncated. */
export function fitting(lines: readonly NumberedLine[], log: Pick<Log, 'lineCount'>, maxChars: number): Page {
  const shown: string[] = [];
  let room = maxChars;
  let cut = false;
  for (const line of lines) {
    if (shown.length > 0 && line.text.length + 1 > room)
      return { text: shown.join('\n'), nextCursor: line.number, truncated: true };
    const text = line.text.length > room ? cutLine(line, room) : line.text;
    cut ||= text !== line.text;
    shown.push(text);
    room -= text.length + 1;
  }
  return { text: shown.join('\n'), nextCursor: log.lineCount, truncated: cut };
}

/** Cursors count lines, so the rest of this one can only be had with more characters. */
function cutLine({ text, number }: NumberedLine, room: number): string {
  const advice = room < MOST_MAX_CHARS ? `; cursor ${number} with a larger max_chars shows more` : '';
  const mark = ` […this line has ${text.length} characters${advice}]`;
  return cutChars(text, Math.max(0, room - mark.length)) + mark;
}

/** A reading moves the session's place when it begins there or before, and either leaves nothing out or is by `since_last`. */
function rememberPlace(
  { session }: AgentsContext,
  request: OutputRequest,
  seen: Observation,
  from: number,
  page: Page,
): void {
  const place = session.places.get(request.agent_id);
  const whole = request.filter === undefined && request.tail === undefined;
  if (from > place || !(whole || request.since_last === true)) return;
  const isRead = seen.outcome !== undefined && !page.truncated;
  session.places.set(request.agent_id, Math.max(place, page.nextCursor), isRead);
}
