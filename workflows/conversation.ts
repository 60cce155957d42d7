import type { AgentInput, ConversationHead, ConversationSlice, Message } from './contract';

/** A page of the `conversation` query stays far below the 2 MB at which the server refuses an answer. */
const PAGE_CHARS = 500_000;

export function headOf(input: AgentInput): ConversationHead {
  return {
    instructions: input.instructions,
    tools: input.tools,
    task: input.task,
    workspace: input.workspace,
    maxOutputTokens: input.limits.maxOutputTokens,
  };
}

/** Messages `from` to `to`, as many as fit a page and at least one; the reader asks again for the rest. */
export function sliceOf(
  head: ConversationHead,
  messages: readonly Message[],
  from: number,
  to: number,
): ConversationSlice {
  let end = from;
  for (let chars = 0; end < Math.min(to, messages.length) && chars < PAGE_CHARS; end += 1) {
    chars += JSON.stringify(messages[end]).length;
  }
  return { head, messages: messages.slice(from, end) };
}
