/** A conversation between an agent and its model, as plain JSON. */

/** Any JSON value, as a tool's arguments arrive from a model. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface TextBlock {
  type: 'text';
  text: string;
}
export interface ToolUseBlock {
  type: 'tool_use';
  id: string;
  name: string;
  input: Json;
  /** The argument text as it came, when it was not valid JSON (`input` is then `{}`). */
  malformedInput?: string;
}
/** A block that only the provider understands (thinking, …): kept and sent back to it unchanged. */
interface OpaqueBlock {
  type: 'opaque';
  raw: Json;
}
export interface ToolResultBlock {
  type: 'tool_result';
  toolUseId: string;
  text: string;
  isError: boolean;
}
export type AssistantBlock = TextBlock | ToolUseBlock | OpaqueBlock;
export type UserBlock = TextBlock | ToolResultBlock;
export type Message = { role: 'user'; blocks: UserBlock[] } | { role: 'assistant'; blocks: AssistantBlock[] };

/** The part of a conversation that never changes: it is the prefix of every model call. */
export interface ConversationHead {
  instructions: string;
  tools: string[];
  task: string;
  workspace: string;
  maxOutputTokens: number;
}

/** Answer of the `conversation` query: messages `from` (inclusive) to `to` (exclusive). */
export interface ConversationSlice {
  head: ConversationHead;
  messages: Message[];
  /** How often the conversation was compacted: after each time its messages are others. */
  epoch: number;
}
