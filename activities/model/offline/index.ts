import { setImmediate } from 'node:timers/promises';
import type { AssistantBlock, Tokens } from '../../../workflows/contract';
import type { Model, ModelAnswer, ModelCallOptions } from '../model';
import { nextStep } from './scout';

export { OFFLINE_NOTICE } from './report';

/** No language model runs, so none are spent. */
const NO_TOKENS: Tokens = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** In so many pieces a reply arrives, as a streamed one would. */
const PIECES = 8;

/** The scout behind the model's interface. It keeps nothing between calls: each reply follows from the conversation alone. */
export function createOfflineModel(): Model {
  return {
    async call({ head, messages }, options): Promise<ModelAnswer> {
      if (options.signal.aborted) return aborted('');
      const { text, calls } = nextStep({ head, messages });
      const said = await stream(text, options);
      if (said.length < text.length || options.signal.aborted) return aborted(said);
      const uses = calls.map((call): AssistantBlock => ({ type: 'tool_use', ...call }));
      return {
        blocks: [...textBlocks(text), ...uses],
        stop: uses.length > 0 ? 'tool_use' : 'end_turn',
        tokens: NO_TOKENS,
      };
    },
  };
}

/** Hands the text over piece by piece, and gives back what was said before an abort. */
async function stream(text: string, { signal, onText }: ModelCallOptions): Promise<string> {
  const size = Math.max(1, Math.ceil(text.length / PIECES));
  let said = '';
  while (said.length < text.length) {
    // Gives an abort that is under way the chance to arrive.
    await setImmediate();
    if (signal.aborted) return said;
    said = text.slice(0, said.length + size);
    onText?.(said);
  }
  return said;
}

const textBlocks = (text: string): AssistantBlock[] => (text === '' ? [] : [{ type: 'text', text }]);
const aborted = (said: string): ModelAnswer => ({
  blocks: textBlocks(said),
  stop: 'aborted',
  tokens: NO_TOKENS,
});
