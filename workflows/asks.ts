/** The calls of one turn: tools run at the same time; questions are asked one after the other, and hold no worker meanwhile. */
import { callTool } from './calls';
import type { ToolResult, ToolUseBlock } from './contract';
import { linesOf } from './output';
import {
  ASK_TOOL,
  askedIn,
  MESSAGES_FIRST,
  NO_QUESTION,
  questionLines,
  USUAL_ASK_TIMEOUT_MS,
  unanswered,
  unansweredLine,
} from './question';
import type { AgentRun } from './run';
import { messageLines } from './state';
import { describeCall, oneLine } from './text';

const STOPPED: ToolResult = { text: 'Not asked: the agent was stopped.', isError: true };

export async function act(run: AgentRun, calls: readonly ToolUseBlock[]): Promise<ToolResult[]> {
  run.doing(oneLine(calls.map((call) => describeCall(call.name, call.input, 80)).join('; '), 300));
  const asks = ({ name }: ToolUseBlock) => name === ASK_TOOL && run.input.tools.includes(ASK_TOOL);
  const done = await Promise.all(calls.map((call) => (asks(call) ? null : callTool(run, call))));
  const results: ToolResult[] = [];
  const isStopped = done.some((result) => result?.aborted);
  for (const [index, call] of calls.entries())
    results.push(done[index] ?? (isStopped ? STOPPED : await ask(run, call)));
  return results;
}

async function ask(run: AgentRun, { input }: ToolUseBlock): Promise<ToolResult> {
  const asked = askedIn(input);
  if (!asked) return NO_QUESTION;
  if (run.mailbox.hasUnread) return MESSAGES_FIRST;
  const askedAtMs = Date.now();
  const timeoutMs = run.input.limits.askTimeoutMs ?? USUAL_ASK_TIMEOUT_MS;
  run.log(questionLines(asked, run.state.turn));
  const answer = await run.asking({ ...asked, askedAtMs, answerByMs: askedAtMs + timeoutMs }, () =>
    run.mailbox.answer(timeoutMs),
  );
  if (answer === undefined) {
    run.log(linesOf('note', run.state.turn, unansweredLine(timeoutMs)));
    return unanswered(timeoutMs);
  }
  run.log(messageLines({ text: answer }, run.state.turn));
  return { text: answer, isError: false, isLogged: true };
}
