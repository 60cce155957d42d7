import type { AgentInput, ConversationHead, ConversationSlice } from './contract';
import { sizes } from './sizes';
import type { AgentState } from './state';
import { messageBytes } from './tokens';

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
  { messages, epoch }: Pick<AgentState, 'messages' | 'epoch'>,
  from: number,
  to: number,
): ConversationSlice {
  let end = from;
  for (let bytes = 0; end < Math.min(to, messages.length) && bytes < sizes.pageBytes; end += 1) {
    const message = messages[end];
    bytes += message ? messageBytes(message) : 0;
  }
  return { head, messages: messages.slice(from, end), epoch };
}
