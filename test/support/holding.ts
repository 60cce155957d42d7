/** Agents whose model answers when the test says so. */
import type { ChatCompletionRequest } from '@copilotkit/aimock';
import type { Step } from './modelServer';

export interface Holding {
  /** A script whose answer is held back until a word of its task is released. */
  held: (turn: number, request: ChatCompletionRequest) => Promise<Step>;
  /** Without a word, everything. */
  release: (word?: string) => void;
}

export function holding(): Holding {
  const released = new Set<string>();
  return {
    async held(_turn, { messages }) {
      const said = JSON.stringify(messages);
      while (![...released].some((word) => said.includes(word)))
        await new Promise((resolve) => setTimeout(resolve, 20));
      return { text: 'late' };
    },
    release: (word = '') => released.add(word),
  };
}
