/** The runs of an agent before its last one: they hold the older lines of its log. */
import type { LogLine, OutputPage } from '../../workflows/contract';
import { outputQuery } from '../../workflows/messages';
import { isNotFound } from '../temporalErrors';
import type { AgentsContext } from './context';

/** Lines from number `from` up to, and without, `to`. */
export interface Range {
  from: number;
  to: number;
}

/** Reads pages of a log: of the run named, or of the last one. */
export function askerOf(
  { temporal }: Pick<AgentsContext, 'temporal'>,
  { agentId, runId }: { agentId: string; runId?: string },
  timeoutMs: number,
): (from: number) => Promise<OutputPage> {
  const handle = temporal.client.workflow.getHandle(agentId, runId);
  return (from) => temporal.call(() => handle.query(outputQuery, from), timeoutMs);
}

/** The lines of one run that lie in a range. The server deletes runs one by one, each so long after its end. */
export async function readEarlier(
  context: Pick<AgentsContext, 'temporal' | 'earlier'>,
  agentId: string,
  run: Range & { runId: string },
  range: Range,
  timeoutMs: number,
): Promise<{ from: number; lines: readonly LogLine[] } | 'expired'> {
  const key = `${agentId}/${run.runId}`;
  try {
    const lines = context.earlier.get(key) ?? (await linesOf(context, agentId, run, timeoutMs));
    // It is closed and never changes.
    context.earlier.set(key, lines);
    const from = Math.max(range.from, run.from);
    return { from, lines: lines.slice(from - run.from, range.to - run.from) };
  } catch (error) {
    if (isNotFound(error)) return 'expired';
    throw error;
  }
}

async function linesOf(
  context: Pick<AgentsContext, 'temporal'>,
  agentId: string,
  { runId, from, to }: Range & { runId: string },
  timeoutMs: number,
): Promise<LogLine[]> {
  const ask = askerOf(context, { agentId, runId }, timeoutMs);
  const lines: LogLine[] = [];
  while (from + lines.length < to) {
    const page = await ask(from + lines.length);
    if (page.lines.length === 0) break;
    lines.push(...page.lines);
  }
  return lines.slice(0, to - from);
}
