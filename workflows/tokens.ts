/** How much room a conversation takes: in bytes, which we can count, and in tokens, which only the provider can. */
import type { Message } from './contract';
import { jsonBytes } from './text';

/** English text and code with numbered lines, before the provider has told better. */
const USUAL_BYTES_PER_TOKEN = 3.5;
/** What a gateway reports may be nothing, or nonsense. */
const LEAST_BYTES_PER_TOKEN = 1.5;
const MOST_BYTES_PER_TOKEN = 6;

/** Messages never change, and are measured before every turn. */
const measured = new WeakMap<Message, number>();

export function messageBytes(message: Message): number {
  const known = measured.get(message);
  if (known !== undefined) return known;
  const bytes = jsonBytes(message);
  measured.set(message, bytes);
  return bytes;
}

export function conversationBytes(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + messageBytes(message), 0);
}

/** What the provider counted for a conversation that it was sent, instructions and tools included. */
export function bytesPerToken(sentBytes: number, inputTokens: number): number {
  if (inputTokens <= 0) return USUAL_BYTES_PER_TOKEN;
  return Math.min(MOST_BYTES_PER_TOKEN, Math.max(LEAST_BYTES_PER_TOKEN, sentBytes / inputTokens));
}
