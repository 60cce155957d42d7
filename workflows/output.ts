/** An agent's log: numbered lines of text, tool calls and notes. Cursors count its lines. */
import type { AgentReport, LineKind, LogLine, OutputPage, Segment } from './contract';
import { cutChars, cutCharsFromStart, utf8Bytes } from './text';

/** A page of the `output` query stays far below the 2 MB at which the server refuses an answer. */
const PAGE_CHARS = 256_000;
/** Size of the text in a report, in bytes: results, failure details and memos are meant for small things. */
export const REPORT_BYTES = 64 * 1024;

/** Longer lines are broken: a reader gets at most 40,000 characters at a time, and should get all of them. */
const LINE_CHARS = 8_000;

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
  while (rest.length > LINE_CHARS) {
    const part = cutChars(rest, LINE_CHARS);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
}

export function pageOf(log: readonly LogLine[], from: number, answerTurn: number | undefined): OutputPage {
  const start = Math.min(Math.max(0, Math.trunc(from)), log.length);
  let end = start;
  for (let chars = 0; end < log.length && chars < PAGE_CHARS; end += 1) {
    chars += (log[end]?.text.length ?? 0) + 40;
  }
  return {
    lines: log.slice(start, end),
    from: start,
    lineCount: log.length,
    ...(answerTurn === undefined ? {} : { answerTurn }),
  };
}

/** Whether a line belongs to the `result` view: the answer, or all text while there is none. */
export function isResultLine(line: LogLine, answerTurn: number | undefined): boolean {
  return line.kind === 'text' && (answerTurn === undefined || line.turn === answerTurn);
}

/** The `result` view as segments, the newest kept when it must be cut to {@link REPORT_BYTES}. */
export function resultSegments(
  log: readonly LogLine[],
  answerTurn: number | undefined,
): Pick<AgentReport, 'segments' | 'cut'> {
  const segments: Segment[] = [];
  let budget = REPORT_BYTES;
  for (let line = log.length - 1; line >= 0; line -= 1) {
    const entry = log[line];
    if (!entry || !isResultLine(entry, answerTurn)) continue;
    const bytes = utf8Bytes(entry.text) + 1;
    if (bytes > budget) {
      if (segments.length === 0) prepend(segments, line, cutCharsFromStart(entry.text, budget / 3));
      return { segments, cut: true };
    }
    budget -= bytes;
    prepend(segments, line, entry.text);
  }
  return { segments, cut: false };
}

function prepend(segments: Segment[], line: number, text: string): void {
  const next = segments[0];
  if (next && next.line === line + 1) {
    segments[0] = { line, text: `${text}\n${next.text}` };
  } else {
    segments.unshift({ line, text });
  }
}
