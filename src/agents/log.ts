/** An agent's log as a reader gets it: from the report it left, or asked of its workflow. */
import type { LogLine, Segment } from '../../workflows/contract';
import { outputQuery } from '../../workflows/messages';
import { isResultLine } from '../../workflows/output';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import type { Observation } from './observe';

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
}

/** Time for one page of the log; replaying an ended agent that nobody read for a while takes a second or two. */
const PAGE_TIMEOUT_MS = 10_000;

export async function readLog(
  context: AgentsContext,
  seen: Observation,
  view: View,
  from: number,
): Promise<Log> {
  const { report } = seen;
  if (report && view === 'result' && !report.cut) {
    return { lines: unpack(report.segments, from), lineCount: report.lineCount };
  }
  try {
    return await askForLog(context, seen.agentId, view, from);
  } catch (error) {
    if (report) {
      const note =
        'No worker answers now: this is the copy of the result that the agent left, without its tool calls.';
      return { lines: unpack(report.segments, from), lineCount: report.lineCount, note };
    }
    if (seen.status === 'pending') return { lines: [], lineCount: 0 };
    throw new UserError(
      'not_ready',
      `The output of ${seen.agentId} cannot be read now, because no worker answers. Nothing is lost: start one with \`bga up\` and read again.`,
      { cause: error },
    );
  }
}

async function askForLog(
  { temporal }: AgentsContext,
  agentId: string,
  view: View,
  from: number,
): Promise<Log> {
  const handle = temporal.client.workflow.getHandle(agentId);
  const lines: NumberedLine[] = [];
  for (let next = from; ; ) {
    const page = await temporal.call(() => handle.query(outputQuery, next), PAGE_TIMEOUT_MS);
    const wanted = (line: LogLine) => view === 'full' || isResultLine(line, page.answerTurn);
    page.lines.forEach((line, index) => {
      if (wanted(line)) lines.push({ number: page.from + index, text: line.text });
    });
    next = page.from + page.lines.length;
    if (next >= page.lineCount || page.lines.length === 0) return { lines, lineCount: page.lineCount };
  }
}

function unpack(segments: readonly Segment[], from: number): NumberedLine[] {
  return segments
    .flatMap(({ line, text }) =>
      text.split('\n').map((content, index) => ({ number: line + index, text: content })),
    )
    .filter(({ number }) => number >= from);
}
