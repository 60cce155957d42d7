import type { AssistantBlock, Message } from './contract';

/**
 * A provider may reuse a tool call's id, which would make its results ambiguous and the API refuse the
 * conversation. A repeated id gets a suffix; ids that are unique already stay as they are.
 */
export function uniqueToolIds(
  blocks: readonly AssistantBlock[],
  messages: readonly Message[],
  turn: number,
): AssistantBlock[] {
  if (!blocks.some((block) => block.type === 'tool_use')) return [...blocks];
  const seen = idsIn(messages);
  return blocks.map((block, index) => {
    if (block.type !== 'tool_use') return block;
    const id = block.id === '' || seen.has(block.id) ? `${block.id || 'call'}_t${turn}_${index}` : block.id;
    seen.add(id);
    return { ...block, id };
  });
}

function idsIn(messages: readonly Message[]): Set<string> {
  const ids = new Set<string>();
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const block of message.blocks) if (block.type === 'tool_use') ids.add(block.id);
  }
  return ids;
}
