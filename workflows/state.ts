/** The state of one agent and its two transitions: a model's reply, and the results of its tool calls. */

import type { Compaction } from './compaction';
import type {
  AgentInput,
  AgentLimits,
  AssistantBlock,
  LogLine,
  Message,
  ModelReply,
  Outcome,
  Progress,
  Served,
  TextBlock,
  ToolResult,
  ToolUseBlock,
  Usage,
  UserBlock,
} from './contract';
import { type LoopGuard, noteCall } from './loops';
import type { SentMessage } from './mail';
import { EMPTY_LOG, type Log, linesOf, withLines } from './output';
import { cutAnswer, loopStop, refusal, wordlessAnswer } from './stops';
import { counted, describeCall, oneLine } from './text';
import { bytesPerToken, conversationBytes } from './tokens';
import { uniqueToolIds } from './toolIds';
import { addUsage, inputTotal, NO_USAGE } from './usage';

export interface AgentState {
  startedAtMs: number;
  messages: readonly Message[];
  /** How often they were compacted. */
  epoch: number;
  /** As the provider last counted. */
  bytesPerToken: number;
  log: Log;
  usage: Usage;
  /** As in `Progress`. */
  shares?: readonly Served[];
  /** Model replies recorded so far. */
  turn: number;
  toolCalls: number;
  guard: LoopGuard;
  /** Replies in a row that had neither an answer nor a call to run. */
  blanks: number;
  /** The last reply had a tool call cut off; the model is told with the next message. */
  truncatedToolCall?: string;
  answerTurn?: number;
  /** Present in one that went on after an ending: how often, since when for the last time, and what it had used by then. */
  reopened?: { times: number; atMs: number; usage: Usage };
  /** How many models were given up; absent while the one that it was given serves it. */
  fallen?: number;
  outcome?: Outcome;
}

const TOOL_LINE_CHARS = 200;

export function initialState(input: Pick<AgentInput, 'task' | 'workspace'>, nowMs: number): AgentState {
  return {
    startedAtMs: nowMs,
    messages: [{ role: 'user', blocks: [taskBlock(input)] }],
    epoch: 0,
    bytesPerToken: bytesPerToken(0, 0),
    log: EMPTY_LOG,
    usage: NO_USAGE,
    turn: 0,
    toolCalls: 0,
    guard: { recent: [] },
    blanks: 0,
  };
}

/** The first thing a model is told, and the only one that never changes. */
export function taskBlock({ task, workspace }: Pick<AgentInput, 'task' | 'workspace'>): TextBlock {
  return { type: 'text', text: `${task}\n\nWorkspace: ${workspace}` };
}

export function progressOf({ startedAtMs, turn, toolCalls, usage, shares }: AgentState): Progress {
  return { startedAtMs, turn, toolCalls, usage, ...(shares ? { shares } : {}) };
}

/** Takes in a model's reply: either it ends the agent, or it names calls to run, or the model is asked again. */
export function recordReply(state: AgentState, raw: ModelReply, limits: AgentLimits): AgentState {
  const usage = addUsage(state.usage, raw.usage);
  const turn = state.turn + 1;
  const blocks = uniqueToolIds(raw.blocks.filter(hasContent), state.messages, turn);
  const log = withLines(state.log, textLines(blocks, turn));
  // A cancelled call is no turn: its text stays readable, and the conversation stays as it was.
  if (raw.stop === 'aborted') return { ...state, usage, log };

  const messages =
    blocks.length > 0 ? [...state.messages, { role: 'assistant' as const, blocks }] : state.messages;
  const { truncatedToolCall: _, ...rest } = state;
  const next: AgentState = {
    ...rest,
    usage,
    turn,
    log,
    messages,
    bytesPerToken: bytesPerToken(conversationBytes(state.messages), inputTotal(raw.usage)),
    ...(raw.truncatedToolCall === undefined ? {} : { truncatedToolCall: raw.truncatedToolCall }),
  };
  return settle(next, { ...raw, blocks }, limits);
}

function settle(state: AgentState, reply: ModelReply, limits: AgentLimits): AgentState {
  if (reply.stop === 'refusal') return { ...state, outcome: refusal() };
  const calls = callsIn(reply.blocks);
  if (calls.length > 0) return guardCalls({ ...state, blanks: 0 }, calls, limits);
  if (reply.truncatedToolCall !== undefined || !saysSomething(reply.blocks)) return blank(state, reply);
  if (reply.stop === 'max_tokens') return { ...state, outcome: cutAnswer(reply, limits) };
  if (reply.stop === 'pause_turn') return { ...state, blanks: 0 };
  return {
    ...state,
    blanks: 0,
    answerTurn: state.turn,
    outcome: { status: 'completed', reason: 'answered' },
  };
}

/** The calls that the last reply asks for; empty when the model should simply be asked again. */
export function openCalls(state: AgentState): ToolUseBlock[] {
  return state.outcome ? [] : lastCalls(state);
}

/** The same of one that may have ended since. */
export function lastCalls({ messages }: Pick<AgentState, 'messages'>): ToolUseBlock[] {
  const last = messages.at(-1);
  return last?.role === 'assistant' ? callsIn(last.blocks) : [];
}

/** Takes in the results of {@link openCalls}, in their order. */
export function recordResults(
  state: AgentState,
  results: readonly ToolResult[],
  limits: AgentLimits,
): AgentState {
  const calls = openCalls(state);
  const answered = calls.map((call, index) => ({ call, result: results[index] ?? NOT_RUN }));
  const blocks: UserBlock[] = answered.map(({ call, result }) => ({
    type: 'tool_result',
    toolUseId: call.id,
    text: result.text,
    isError: result.isError,
  }));
  const advice = adviceAfter(state, limits);
  if (advice) blocks.push({ type: 'text', text: advice });
  const told = answered.filter(({ result }) => !result.isLogged);
  const lines = told.map(({ call, result }) => toolLine(state.turn, call, result));
  const { truncatedToolCall: _, ...rest } = state;
  return {
    ...rest,
    messages: [...state.messages, { role: 'user', blocks }],
    log: withLines(state.log, lines),
    toolCalls: state.toolCalls + calls.length,
  };
}

/** Takes in what was sent to the agent: its model hears it next. Each is a message of its own, so that earlier ones stay as they were. */
export function recordMessages(state: AgentState, sent: readonly SentMessage[]): AgentState {
  if (sent.length === 0) return state;
  const messages = sent.map(({ text }): Message => ({ role: 'user', blocks: [{ type: 'text', text }] }));
  return {
    ...state,
    messages: [...state.messages, ...messages],
    log: withLines(
      state.log,
      sent.flatMap((message) => messageLines(message, state.turn)),
    ),
  };
}

/** What the agent ended without having read: the next run does, when there is one. */
export function noteUnread(state: AgentState, unread: readonly SentMessage[]): AgentState {
  if (unread.length === 0) return state;
  const text = `[note] it ended without having read ${counted(unread.length, 'message')}; it will when it goes on`;
  return { ...state, log: withLines(state.log, linesOf('note', state.turn, text)) };
}

/** Messages that were left for the agent while no worker answered, and were then too many. */
export function noteTurnedAway(state: AgentState, messages: readonly SentMessage[]): AgentState {
  const [first] = messages;
  if (first === undefined) return state;
  const what = `${counted(messages.length, 'message')} did not fit beside those that waited to be read`;
  const text = `[note] ${what}, and the agent never hears of it; send it again. It begins: ${oneLine(first.text, 80)}`;
  return { ...state, log: withLines(state.log, linesOf('note', state.turn, text)) };
}

export function messageLines({ text }: Pick<SentMessage, 'text'>, turn: number): LogLine[] {
  return linesOf('message', turn, text).map((line) => ({ ...line, text: `› ${line.text}` }));
}

/** Takes in what is left of the conversation, and says so in the log. */
export function recordCompaction(
  state: AgentState,
  messages: readonly Message[],
  { stubs, summariseTo }: Compaction,
): AgentState {
  const turns = state.messages.slice(1, summariseTo).filter(({ role }) => role === 'assistant').length;
  const savedBytes = conversationBytes(state.messages) - conversationBytes(messages);
  const did = [
    ...(stubs > 0 ? [`${counted(stubs, 'tool result')} dropped`] : []),
    ...(turns > 0 ? [`${counted(turns, 'turn')} summarised`] : []),
    `about ${Math.round(savedBytes / state.bytesPerToken / 100) * 100} tokens saved`,
  ];
  const text = `[note] conversation compacted: ${did.join(', ')}`;
  return {
    ...state,
    messages,
    epoch: state.epoch + 1,
    log: withLines(state.log, [{ kind: 'note', turn: state.turn, text }]),
  };
}

export function recordSpend(state: AgentState, usage: Usage): AgentState {
  return { ...state, usage: addUsage(state.usage, usage) };
}

const NOT_RUN: ToolResult = { text: 'Not run.', isError: true };

function guardCalls(state: AgentState, calls: readonly ToolUseBlock[], limits: AgentLimits): AgentState {
  let guard = state.guard;
  for (const call of calls) {
    const noted = noteCall(guard, call);
    guard = noted.guard;
    if (noted.repeats >= limits.maxRepeatedCalls) {
      return { ...state, guard, outcome: loopStop(describeCall(call.name, call.input, 80), noted.repeats) };
    }
  }
  return { ...state, guard };
}

/** Nothing to run and nothing said: ask once more, then give up rather than pay for silence. */
function blank(state: AgentState, reply: ModelReply): AgentState {
  if (state.blanks > 0) return { ...state, outcome: wordlessAnswer(reply) };
  const text =
    reply.truncatedToolCall === undefined
      ? 'Your last reply was empty. Give your final answer now, from what you have read so far.'
      : truncatedAdvice(reply.truncatedToolCall);
  const note: Message = { role: 'user', blocks: [{ type: 'text', text }] };
  return { ...state, blanks: state.blanks + 1, messages: [...state.messages, note] };
}

function adviceAfter(state: AgentState, limits: AgentLimits): string | undefined {
  const advice = [];
  if (state.truncatedToolCall !== undefined) advice.push(truncatedAdvice(state.truncatedToolCall));
  if (state.turn === limits.maxTurns - 1) {
    advice.push('This is your last turn: call no more tools, and give your final answer from what you have.');
  }
  return advice.length > 0 ? advice.join('\n') : undefined;
}

function truncatedAdvice(tool: string): string {
  return `Your call of ${tool} was cut off at the output limit and was not run. Make it again, shorter.`;
}

function hasContent(block: AssistantBlock): boolean {
  return block.type !== 'text' || block.text !== '';
}

function saysSomething(blocks: readonly AssistantBlock[]): boolean {
  return blocks.some((block) => block.type === 'text' && block.text.trim() !== '');
}

function callsIn(blocks: readonly AssistantBlock[]): ToolUseBlock[] {
  return blocks.filter((block): block is ToolUseBlock => block.type === 'tool_use');
}

function textLines(blocks: readonly AssistantBlock[], turn: number): LogLine[] {
  return blocks.flatMap((block) =>
    block.type === 'text' && block.text.trim() !== '' ? linesOf('text', turn, block.text) : [],
  );
}

function toolLine(turn: number, call: ToolUseBlock, result: ToolResult): LogLine {
  const said = describeCall(call.name, call.input, TOOL_LINE_CHARS);
  const lines = result.text === '' ? 0 : result.text.split('\n').length;
  const ending = result.aborted
    ? 'stopped'
    : result.isError
      ? `failed: ${oneLine(result.text, 120)}`
      : counted(lines, 'line');
  return { kind: 'tool', turn, text: `[tool] ${said} → ${ending}` };
}
