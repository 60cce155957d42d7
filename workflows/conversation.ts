import type { AgentInput, ConversationHead, ConversationSlice, Message } from './contract';
import { sizes } from './sizes';
import { jsonBytes } from './text';

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
  for (let bytes = 0; end < Math.min(to, messages.length) && bytes < sizes.pageBytes; end += 1) {
    bytes += jsonBytes(messages[end]);
  }
  return { head, messages: messages.slice(from, end) };
}
