/**
 * Makes room in a conversation that nears the end of its model's context: older tool results become one-line stubs, then
 * older turns a summary. The task and the last turns stay whole, and every call keeps its result.
 * Whether turns are to be summarised is in the history of agents that run: changing how it is decided needs `patched`.
 */
import type { AgentInput, Message, ToolResultBlock, ToolUseBlock } from './contract';
import { sizes } from './sizes';
import type { AgentState } from './state';
import { counted, describeCall } from './text';
import { conversationBytes, messageBytes } from './tokens';

/** What any model takes, for agents whose spawner did not say. */
const USUAL_CONTEXT_TOKENS = 200_000;

/** Fuller than this a conversation may not become: the estimate is rough, and one turn more must fit. */
const FULL = 0.8;
/** Down to this much of it: each time the provider's prompt cache is lost, so that it should be rare. */
const AFTER = 0.5;
/** Turns at the end that stay as they are, fewer if they alone would fill the room. */
const WHOLE_TURNS = 4;
/** A result as short as a stub stays. */
const STUB_BYTES = 200;

type Limits = Pick<AgentInput, 'contextTokens' | 'limits'>;
type Sized = Pick<AgentState, 'messages' | 'bytesPerToken'>;

/** Bytes that the conversation may take. */
export function roomBytes({ bytesPerToken }: Sized, { contextTokens, limits }: Limits): number {
  const window = contextTokens ?? USUAL_CONTEXT_TOKENS;
  const forInput = Math.max(window / 2, window - limits.maxOutputTokens);
  return Math.min(sizes.conversationBytes, FULL * forInput * bytesPerToken);
}

/** What the results of one turn may add. */
export function resultBytes(state: Sized, limits: Limits): number {
  return Math.min(sizes.turnResultBytes, roomBytes(state, limits) / 2);
}

/** Bytes that it is to be brought down to; undefined while there is room. */
export function targetBytes(state: Sized, limits: Limits): number | undefined {
  const room = roomBytes(state, limits);
  return conversationBytes(state.messages) > room ? room * AFTER : undefined;
}

/** The same when the provider has said that it is too long already, whatever we estimate. */
export function forcedTargetBytes(state: Sized, limits: Limits): number {
  return Math.min(roomBytes(state, limits), conversationBytes(state.messages)) * AFTER;
}

export interface Compaction {
  /** With stubs in place of older results. */
  messages: readonly Message[];
  stubs: number;
  /** Turns up to this message, the task aside, are to be summarised; 1 when none are. */
  summariseTo: number;
}

export function compaction(messages: readonly Message[], target: number): Compaction {
  const wholeFrom = startOfLastTurns(messages, target * AFTER);
  const { messages: stubbed, stubs } = withStubs(messages, wholeFrom, target);
  return { messages: stubbed, stubs, summariseTo: summaryEnd(stubbed, wholeFrom, target) };
}

/** The conversation without the turns that the summary tells of. It stands beside the task: what follows is the model's own turn. */
export function withSummary({ messages, summariseTo }: Compaction, summary: string): readonly Message[] {
  const [first, ...rest] = messages;
  if (first?.role !== 'user' || summariseTo <= 1) return messages;
  const text = `[Your work so far, summarised to save room. Look again where a detail matters.]\n\n${summary}`;
  const task = first.blocks.slice(0, 1);
  return [{ role: 'user', blocks: [...task, { type: 'text', text }] }, ...rest.slice(summariseTo - 1)];
}

/** Where turns begin: at a message of the model that does not go on with its own. */
function turnStarts(messages: readonly Message[]): number[] {
  return messages.flatMap((message, index) =>
    message.role === 'assistant' && messages[index - 1]?.role === 'user' ? [index] : [],
  );
}

function startOfLastTurns(messages: readonly Message[], maxBytes: number): number {
  const starts = turnStarts(messages).slice(-WHOLE_TURNS);
  const fits = (start: number) => conversationBytes(messages.slice(start)) <= maxBytes;
  return starts.find(fits) ?? starts.at(-1) ?? messages.length;
}

/** Oldest first, and no more than needed. */
function withStubs(messages: readonly Message[], before: number, target: number) {
  let bytes = conversationBytes(messages);
  let stubs = 0;
  const stubbed = messages.map((message, index): Message => {
    if (index >= before || message.role !== 'user' || bytes <= target) return message;
    const calls = callsIn(messages[index - 1]);
    const blocks = message.blocks.map((block) => {
      if (block.type !== 'tool_result' || block.text.length <= STUB_BYTES) return block;
      stubs += 1;
      return { ...block, text: stubOf(block, calls.get(block.toolUseId)) };
    });
    const short: Message = { role: 'user', blocks };
    bytes -= messageBytes(message) - messageBytes(short);
    return short;
  });
  return { messages: stubbed, stubs };
}

/** As few of the oldest turns as needed, none of the last ones. */
function summaryEnd(messages: readonly Message[], wholeFrom: number, target: number): number {
  if (conversationBytes(messages) <= target) return 1;
  const task = messages.slice(0, 1);
  const fits = (start: number) =>
    conversationBytes([...task, ...messages.slice(start)]) + sizes.summaryBytes <= target;
  const ends = turnStarts(messages).filter((start) => start > 1 && start <= wholeFrom);
  return ends.find(fits) ?? ends.at(-1) ?? 1;
}

function callsIn(message: Message | undefined): Map<string, ToolUseBlock> {
  const calls = new Map<string, ToolUseBlock>();
  if (message?.role === 'assistant')
    for (const block of message.blocks) if (block.type === 'tool_use') calls.set(block.id, block);
  return calls;
}

function stubOf({ text }: ToolResultBlock, call: ToolUseBlock | undefined): string {
  const what = call ? describeCall(call.name, call.input, 80) : 'a call';
  const lines = counted(text.split('\n').length, 'line');
  return `[result of ${what}, ${lines}, dropped to save room; call it again if needed]`;
}
