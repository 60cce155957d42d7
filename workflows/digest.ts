/** What was done in some turns, without a model to tell it: for the offline one, and when a summary fails. */
import type { AssistantBlock, Message } from './contract';
import { sizes } from './sizes';
import { cutChars, cutCharsFromStart, describeCall, oneLine } from './text';

/** Of what the summary before says, so much is kept; the rest is for what came since. */
const BEFORE_CHARS = sizes.summaryBytes / 8;
const ALL_CHARS = sizes.summaryBytes / 4;

/** @param messages the task first, with a summary of what came before, if there is one */
export function digestOf(messages: readonly Message[]): string {
  const [first, ...turns] = messages;
  const before = first?.role === 'user' ? first.blocks.slice(1) : [];
  const told = before.map((block) => (block.type === 'text' ? cutChars(block.text, BEFORE_CHARS) : ''));
  const lines = turns.flatMap((message) =>
    message.role === 'assistant' ? message.blocks.flatMap(lineOf) : [],
  );
  const room = ALL_CHARS - told.join('\n').length;
  return [...told, cutCharsFromStart(lines.join('\n'), room)].join('\n').trim();
}

function lineOf(block: AssistantBlock): string[] {
  if (block.type === 'tool_use') return [`- called ${describeCall(block.name, block.input, 120)}`];
  return block.type === 'text' && block.text.trim() !== '' ? [`- said: ${oneLine(block.text, 300)}`] : [];
}
