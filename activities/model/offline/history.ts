import type { Json, Message, ToolResultBlock, ToolUseBlock } from '../../../workflows/contract';
import type { ModelRequest } from '../model';

export interface Call {
  name: string;
  input: { [key: string]: Json };
}

/** A call of the scout's own, and what came back; `text` is empty when nothing did. */
export interface Answered {
  name: string;
  input: Json;
  text: string;
  isError: boolean;
}

/** All that the scout remembers: what is asked now, and what it has looked up for that. One round is one turn. */
export interface History {
  ask: string;
  rounds: Answered[][];
  /** Turns of the whole conversation so far: they number the calls. */
  turn: number;
}

/** The newest text from outside is what is asked now: a continuation of a finished agent brings a new one. */
export function readHistory({ head, messages }: Pick<ModelRequest, 'head' | 'messages'>): History {
  const results = new Map<string, ToolResultBlock>();
  for (const block of messages.flatMap(userBlocks))
    if (block.type === 'tool_result') results.set(block.toolUseId, block);
  let askedAt = -1;
  let ask = head.task;
  messages.forEach((message, index) => {
    const text = askedIn(message);
    if (text === '') return;
    askedAt = index;
    // The first message says besides the task where the workspace is; that is no word to search for.
    ask = index === 0 ? head.task : text;
  });
  const rounds = messages.slice(askedAt + 1).flatMap((message) => {
    const calls = toolUses(message);
    return calls.length === 0 ? [] : [calls.map((call) => answered(call, results.get(call.id)))];
  });
  return { ask, rounds, turn: messages.filter((message) => message.role === 'assistant').length };
}

const userBlocks = (message: Message) => (message.role === 'user' ? message.blocks : []);

/** Text beside tool results is advice about the limits, not a new question. */
function askedIn(message: Message): string {
  const blocks = userBlocks(message);
  if (blocks.some((block) => block.type === 'tool_result')) return '';
  return blocks
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}

const toolUses = (message: Message): ToolUseBlock[] =>
  message.role === 'assistant'
    ? message.blocks.flatMap((block) => (block.type === 'tool_use' ? [block] : []))
    : [];

function answered(call: ToolUseBlock, result: ToolResultBlock | undefined): Answered {
  // A call may have lost its result when the agent was stopped in between.
  return { name: call.name, input: call.input, text: result?.text ?? '', isError: result?.isError ?? true };
}
