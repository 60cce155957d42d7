/** An agent's log: numbered lines of text, tool calls and notes. Cursors count its lines. */
import type { AgentReport, EarlierRun, LineKind, LogLine, OutputPage, Segment } from './contract';
import { sizes } from './sizes';
import { cutChars, cutCharsFromStart, jsonBytes } from './text';

/** The newest lines, and where the older ones are. */
export interface Log {
  /** Number of the first of `lines`. */
  first: number;
  lines: readonly LogLine[];
  earlier: readonly EarlierRun[];
}

export const EMPTY_LOG: Log = { first: 0, lines: [], earlier: [] };

export function withLines(log: Log, lines: readonly LogLine[]): Log {
  return { ...log, lines: [...log.lines, ...lines] };
}

export function lineCount({ first, lines }: Log): number {
  return first + lines.length;
}

/** What the next run takes along: the newest lines, and where those are that this one added. */
export function carriedLog(log: Log, runId: string, maxBytes: number): Log {
  let kept = log.lines.length;
  for (let bytes = 0; kept > 0; kept -= 1) {
    bytes += jsonBytes(log.lines[kept - 1]) + 1;
    if (bytes > maxBytes) break;
  }
  const from = log.earlier.at(-1)?.to ?? 0;
  const to = lineCount(log);
  const earlier = to > from ? [...log.earlier, { runId, from, to }] : log.earlier;
  return { first: log.first + kept, lines: log.lines.slice(kept), earlier };
}

/** One log line for each line of text; a trailing newline adds no empty line. */
export function linesOf(kind: LineKind, turn: number, text: string): LogLine[] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n+$/, '')
    .split('\n')
    .flatMap(broken)
    .map((line) => ({ kind, turn, text: line }));
}

function broken(line: string): string[] {
  const parts: string[] = [];
  let rest = line;
  while (rest.length > sizes.lineChars) {
    const part = cutChars(rest, sizes.lineChars);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
}

/** The lines from number `from` on that are here, as many as fit a page; for earlier ones, the runs that have them. */
export function pageOf(log: Log, from: number, answerTurn: number | undefined): OutputPage {
  const wanted = Math.max(0, Math.trunc(from));
  const start = Math.min(Math.max(0, wanted - log.first), log.lines.length);
  let end = start;
  for (let bytes = 0; end < log.lines.length && bytes < sizes.pageBytes; end += 1) {
    bytes += jsonBytes(log.lines[end]) + 1;
  }
  const earlier = log.earlier.filter((run) => run.to > wanted && run.from < log.first && wanted < log.first);
  return {
    lines: log.lines.slice(start, end),
    from: log.first + start,
    ...(earlier.length > 0 ? { earlier } : {}),
    lineCount: lineCount(log),
    ...(answerTurn === undefined ? {} : { answerTurn }),
  };
}

/** Whether a line belongs to the `result` view: the answer, or all text while there is none. */
export function isResultLine(line: LogLine, answerTurn: number | undefined): boolean {
  return line.kind === 'text' && (answerTurn === undefined || line.turn === answerTurn);
}

/** The `result` view as segments, the newest kept when it must be cut to {@link sizes.reportBytes}. */
export function resultSegments(
  { first, lines }: Log,
  answerTurn: number | undefined,
): Pick<AgentReport, 'segments' | 'cut'> {
  const segments: Segment[] = [];
  let budget = sizes.reportBytes;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const entry = lines[index];
    if (!entry || !isResultLine(entry, answerTurn)) continue;
    const bytes = jsonBytes(entry.text);
    if (bytes > budget) {
      // A character takes six bytes at the most.
      if (segments.length === 0) prepend(segments, first + index, cutCharsFromStart(entry.text, budget / 6));
      return { segments, cut: true };
    }
    budget -= bytes;
    prepend(segments, first + index, entry.text);
  }
  // Text of earlier runs is not here; an answer always is.
  return { segments, cut: first > 0 && answerTurn === undefined };
}

function prepend(segments: Segment[], line: number, text: string): void {
  const next = segments[0];
  if (next && next.line === line + 1) {
    segments[0] = { line, text: `${text}\n${next.text}` };
  } else {
    segments.unshift({ line, text });
  }
}
