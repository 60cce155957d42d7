/** Which of a run's calls answered the tool calls of a reply. */
import type { Json } from '../../workflows/contract';
import { canonicalJson, oneLine } from '../../workflows/text';
import type { Call, Calls } from './calls';
import { type ToolUse, toolCall, toolResult } from './shapes';

export interface ExportedToolCall {
  name: string;
  input: Json;
  /** Its arguments as the model wrote them, where they were no JSON. */
  malformed_input?: string;
  /** Absent for a call that was not run, or not to its end. */
  result?: string;
  is_error?: boolean;
  finished_at?: string;
}

/**
 * The workflow asks for the calls of a reply right after it and in their order, so that their numbers follow on its own.
 * A call that was only tried then, or whose worker lacked a key, is asked for once more, later.
 */
export function toolCallsOf(
  uses: readonly ToolUse[],
  { seq, nextSeq }: { seq: number; nextSeq: number },
  calls: Calls,
  tools: readonly string[],
): ExportedToolCall[] {
  const used = new Set<Call>();
  const known = uses.filter(({ name }) => tools.length === 0 || tools.includes(name));
  return uses.map((use) => {
    const place = known.indexOf(use);
    const answer = place === -1 ? NO_SUCH_TOOL : answerTo(use, seq + 1 + place, nextSeq, calls, used);
    return {
      name: use.name,
      input: use.input,
      ...(use.malformedInput === undefined ? {} : { malformed_input: use.malformedInput }),
      ...answer,
    };
  });
}

type Answer = Pick<ExportedToolCall, 'result' | 'is_error' | 'finished_at'>;

const NO_SUCH_TOOL: Answer = { result: 'There is no such tool.', is_error: true };

function answerTo(
  use: ToolUse,
  seq: number,
  nextSeq: number,
  { all, tried }: Calls,
  used: Set<Call>,
): Answer {
  const atOnce = tried.get(seq);
  const first = atOnce && answerFrom(atOnce.result, atOnce.atMs);
  if (first) return first;
  const asked = all.filter(
    (call) => call.seq >= seq && call.seq < nextSeq && !used.has(call) && isFor(call, use),
  );
  const call = asked.find(({ end }) => end && 'result' in end) ?? asked[0];
  if (!call?.end) return {};
  used.add(call);
  const { end } = call;
  if ('why' in end)
    return { result: oneLine(end.why, 300), is_error: true, finished_at: new Date(end.atMs).toISOString() };
  return answerFrom(end.result, end.atMs) ?? {};
}

function answerFrom(result: unknown, atMs: number): Answer | undefined {
  const read = toolResult.safeParse(result).data;
  return read && { result: read.text, is_error: read.isError, finished_at: new Date(atMs).toISOString() };
}

function isFor({ activity, argument }: Call, { name, input }: ToolUse): boolean {
  if (activity !== 'callTool') return false;
  const call = toolCall.safeParse(argument).data;
  return call !== undefined && call.name === name && canonicalJson(call.input) === canonicalJson(input);
}
