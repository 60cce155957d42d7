/** An agent's log as a reader gets it: from the report it left, or asked of its workflow. */
import type { AgentReport, LogLine, Segment } from '../../workflows/contract';
import { isResultLine } from '../../workflows/output';
import { UnreadableError } from '../codec/errors';
import { type CarriedLog, carriedLogOf } from './carriedLog';
import type { AgentsContext } from './context';
import { askerOf, type Range, readEarlier } from './earlier';
import { UserError } from './errors';
import type { Observation } from './observe';
import { plainText } from './plain';

export type View = 'result' | 'full';

export interface NumberedLine {
  number: number;
  text: string;
}

export interface Log {
  /** Lines of the view, from the asked-for number on. */
  lines: NumberedLine[];
  /** Lines of the whole log, in either view. */
  lineCount: number;
  /** Something that the reader should know about these lines. */
  note?: string;
  /** Others between the asked-for number and the first of these cannot be read now. */
  isPartial?: true;
}

/** Time for one page of the log; replaying an ended agent that nobody read for a while takes a second or two. */
const PAGE_TIMEOUT_MS = 6_000;

export async function readLog(
  context: AgentsContext,
  seen: Observation,
  view: View,
  from: number,
  pageTimeoutMs = PAGE_TIMEOUT_MS,
): Promise<Log> {
  const { report } = seen;
  // It has said nothing, and with no worker up the question would hang.
  if (seen.status === 'pending' && seen.progress.startedAtMs === 0) return { lines: [], lineCount: 0 };
  if (report && view === 'result' && !report.cut) {
    return { lines: unpack(report.segments, from), lineCount: report.lineCount };
  }
  try {
    return await askForLog(context, runOf(seen), view, from, pageTimeoutMs);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    if (report) {
      return {
        lines: unpack(report.segments, from),
        lineCount: report.lineCount,
        note: noteOnCopy(view, report),
      };
    }
    const known = await carriedLogOf(context, seen, pageTimeoutMs).catch(() => undefined);
    if (known) return readCarried(known, view, from);
    throw new UserError(
      'not_ready',
      `The output of ${seen.agentId} cannot be read now, because no worker answers. Nothing is lost: start one with \`bga up\` and read again.`,
      { cause: error },
    );
  }
}

/** Never less than the reader has had already: some of that may be of the run itself. */
function readCarried({ turn, first, lines }: CarriedLog, view: View, from: number): Log {
  const told = lines.flatMap((line, index) =>
    first + index >= from && (view === 'full' || isResultLine(line, undefined))
      ? [{ number: first + index, text: plainText(line.text) }]
      : [],
  );
  return {
    lines: told,
    lineCount: Math.max(from, first + lines.length),
    note: `No worker answers now: this is what it had said by turn ${turn}, as far as that stands in its history. Nothing is lost: all of it can be read when a worker is up (bga up).`,
    ...(first > from ? { isPartial: true } : {}),
  };
}

/** One that is about to go on after an ending has its lines in the run that had ended. */
function runOf({ agentId, reopens }: Observation): { agentId: string; runId?: string } {
  return { agentId, ...(reopens === undefined ? {} : { runId: reopens }) };
}

async function askForLog(
  context: AgentsContext,
  run: { agentId: string; runId?: string },
  view: View,
  from: number,
  pageTimeoutMs: number,
): Promise<Log> {
  const { agentId } = run;
  const ask = askerOf(context, run, pageTimeoutMs);
  const found: NumberedLine[] = [];
  const expired: Range[] = [];
  const keep = (lines: readonly LogLine[], first: number, answerTurn: number | undefined) => {
    lines.forEach((line, index) => {
      if (view === 'full' || isResultLine(line, answerTurn))
        found.push({ number: first + index, text: plainText(line.text) });
    });
  };
  for (let next = from; ; ) {
    const page = await ask(next);
    // The answer is in the last run.
    const isElsewhere = view === 'full' || page.answerTurn === undefined;
    for (const run of isElsewhere ? (page.earlier ?? []) : []) {
      const part = await readEarlier(context, agentId, run, { from: next, to: page.from }, pageTimeoutMs);
      if (part === 'expired') expired.push(run);
      else keep(part.lines, part.from, page.answerTurn);
    }
    keep(page.lines, page.from, page.answerTurn);
    next = page.from + page.lines.length;
    if (next >= page.lineCount || page.lines.length === 0)
      return { lines: found, lineCount: page.lineCount, ...noteOnExpired(expired) };
  }
}

export function noteOnExpired(expired: readonly Range[]): Pick<Log, 'note'> {
  const [first, last] = [expired[0], expired.at(-1)];
  if (!first || !last) return {};
  return {
    note: `Lines ${first.from} to ${last.to - 1} are no longer kept: the server has deleted that part of the agent's history.`,
  };
}

function noteOnCopy(view: View, { cut }: AgentReport): string {
  const lacks = [
    ...(view === 'full' ? ['its tool calls'] : []),
    ...(cut ? ['what came before its last 64 KB'] : []),
  ];
  const without = lacks.length > 0 ? `, without ${lacks.join(' and ')}` : '';
  return `No worker answers now: this is the copy of the result that the agent left${without}. All of it can be read when a worker is up (bga up).`;
}

function unpack(segments: readonly Segment[], from: number): NumberedLine[] {
  return segments
    .flatMap(({ line, text }) =>
      text.split('\n').map((content, index) => ({ number: line + index, text: plainText(content) })),
    )
    .filter(({ number }) => number >= from);
}
