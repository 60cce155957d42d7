import { type Readings, readingOf } from '../../workflows/readings';
import { cutChars } from '../../workflows/text';
import { filterLines } from '../filter';
import type { AgentsContext } from './context';
import { DEFAULT_MAX_CHARS, MOST_MAX_CHARS } from './defaults';
import { UserError } from './errors';
import { shortHash } from './ids';
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
  const readings = await readingsFor(context, request);
  const from = startOf(request, readings);
  const log = await readLog(context, seen, request.view ?? 'result', from);
  const kept = request.filter === undefined ? log.lines : await filtered(log.lines, request.filter);
  const tail = request.tail === undefined ? kept : kept.slice(-request.tail);
  const page = fitting(tail, log, request.max_chars ?? DEFAULT_MAX_CHARS);
  await rememberPlace(context, request, seen, {
    from,
    page,
    isComplete: tail.length === kept.length && !log.isPartial,
    readings,
  });
  const notes = [log.note, noteOn(request, readings, kept)].filter((note) => note !== undefined);
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    text: page.text,
    from_cursor: from,
    line_count: log.lineCount,
    matched_lines: kept.length,
    next_cursor: page.nextCursor,
    truncated: page.truncated,
    ...(notes.length === 0 ? {} : { note: notes.join('\n') }),
  };
}

function readingsFor({ session }: AgentsContext, request: OutputRequest) {
  return session.places.of([request.agent_id, placeKey(request)]);
}

function startOf(request: OutputRequest, readings: Readings | undefined): number {
  if (request.cursor !== undefined) return request.cursor;
  return request.since_last && readings ? placeIn(readings, request) : 0;
}

/** What was read without the filter has been seen with it as well. */
function placeIn(readings: Readings, request: OutputRequest): number {
  const [plain, own] = [request.agent_id, placeKey(request)].map((key) => readingOf(readings, key).lines);
  return Math.max(plain ?? 0, own ?? 0);
}

function noteOn(request: OutputRequest, readings: Readings | undefined, kept: readonly NumberedLine[]) {
  if (!request.since_last || request.cursor !== undefined) return undefined;
  if (!readings)
    return 'How far this session has read is not known while no worker answers: this is from the beginning.';
  const { lines, before } = readingOf(readings, placeKey(request));
  if (kept.length > 0 || lines === 0) return undefined;
  return `Nothing new. What the last reading gave can be had again with cursor ${before}.`;
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

interface Done {
  from: number;
  page: Page;
  isComplete: boolean;
  readings: Readings | undefined;
}

/**
 * A reading moves a place when it begins there or before, and leaves out nothing that would then never be shown:
 * a tail that dropped lines moves none, and a filter only its own.
 */
async function rememberPlace(
  { session }: AgentsContext,
  request: OutputRequest,
  seen: Observation,
  { from, page, isComplete, readings = new Map() }: Done,
): Promise<void> {
  const isFiltered = request.filter !== undefined;
  if (!isComplete || (isFiltered && request.since_last !== true)) return;
  if (from > placeIn(readings, request)) return;
  const key = placeKey(request);
  const known = readingOf(readings, key);
  const endedAtMs = isFiltered || page.truncated ? 0 : (seen.finishedAtMs ?? 0);
  if (page.nextCursor <= known.lines && endedAtMs <= (known.endedAtMs ?? 0)) return;
  await session.places.move(key, {
    lines: page.nextCursor,
    ...(endedAtMs > 0 ? { endedAtMs } : {}),
  });
}

/** What a filter leaves out is still unread, so each filter has a place of its own. */
function placeKey({ agent_id: agentId, filter }: OutputRequest): string {
  return filter === undefined ? agentId : `${agentId}-${shortHash(filter)}`;
}
