import { cutChars } from '../../workflows/text';
import { filterLines } from '../filter';
import type { AgentsContext } from './context';
import { DEFAULT_MAX_CHARS, MOST_MAX_CHARS } from './defaults';
import { UserError } from './errors';
import { shortHash } from './ids';
import { type Log, type NumberedLine, readLog, type View } from './log';
import { type Observation, observe } from './observe';
import type { OutputResult } from './results';
import { endingKey } from './session';

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
  rememberPlace(context, request, seen, { from, page, isComplete: tail.length === kept.length });
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
  if (!request.since_last) return 0;
  return Math.max(session.places.get(request.agent_id), session.places.get(placeKey(request)));
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

/**
 * A reading moves a place when it begins there or before, and leaves out nothing that would then never be shown:
 * a tail that dropped lines moves none, and a filter only its own.
 */
function rememberPlace(
  { session: { places } }: AgentsContext,
  request: OutputRequest,
  seen: Observation,
  reading: { from: number; page: Page; isComplete: boolean },
): void {
  const { from, page, isComplete } = reading;
  const isFiltered = request.filter !== undefined;
  if (!isComplete || (isFiltered && request.since_last !== true)) return;
  const key = placeKey(request);
  const place = Math.max(places.get(key), places.get(request.agent_id));
  if (from > place) return;
  const isRead = !isFiltered && seen.outcome !== undefined && !page.truncated;
  places.set(key, Math.max(place, page.nextCursor), isRead);
  if (isRead && seen.wentOn) places.set(endingKey(seen), page.nextCursor, true);
}

/** What a filter leaves out is still unread, so each filter has a place of its own. */
function placeKey({ agent_id: agentId, filter }: OutputRequest): string {
  return filter === undefined ? agentId : `${agentId}-${shortHash(filter)}`;
}
