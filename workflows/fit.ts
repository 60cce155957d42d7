/** Cuts what came from outside to the sizes that an agent can live with. */
import type { AssistantBlock, ModelReply, ToolResult } from './contract';
import { sizes } from './sizes';
import { cutChars, jsonBytes, oneLine } from './text';

/** The longest beginning, roughly, whose JSON takes no more than this. */
export function cutJson(text: string, maxBytes: number): string {
  let cut = text;
  for (let bytes = jsonBytes(cut); bytes > maxBytes && cut !== ''; bytes = jsonBytes(cut)) {
    // What is cut may be denser than the rest: then once more, and at least by one.
    cut = cutChars(cut, Math.min(cut.length - 1, Math.floor((cut.length * maxBytes) / bytes)));
  }
  return cut;
}

/** One line for the title of a workflow or an activity in Temporal's Web UI. */
export function titleOf(text: string, maxChars: number): string {
  return cutJson(oneLine(text, maxChars), sizes.titleBytes);
}

type Reply = Pick<ModelReply, 'blocks' | 'stop' | 'truncatedToolCall' | 'isOverlong'>;

/**
 * A reply that fits: text that is too long ends as one cut off at the output limit does, and so does a call that is too
 * large or one too many: it does not run, and the model is told to make it again.
 */
export function fitReply<T extends Reply>(reply: T): T {
  const blocks: AssistantBlock[] = [];
  let room = sizes.replyBytes;
  let calls = 0;
  let lost: Partial<Reply> = {};
  for (const block of reply.blocks) {
    const bytes = jsonBytes(block);
    const isCall = block.type === 'tool_use';
    const fits = bytes <= room && (!isCall || (bytes <= sizes.toolCallBytes && calls < sizes.callsPerTurn));
    const kept = fits ? block : shortened(block, room);
    if (!fits)
      lost = isCall
        ? { truncatedToolCall: oneLine(block.name, 80), ...lost }
        : { ...lost, stop: 'max_tokens', isOverlong: true };
    if (!kept) continue;
    calls += isCall ? 1 : 0;
    room -= fits ? bytes : jsonBytes(kept);
    blocks.push(kept);
  }
  if (blocks.length === reply.blocks.length && Object.keys(lost).length === 0) return reply;
  return { ...reply, ...lost, ...(reply.stop === 'aborted' ? { stop: reply.stop } : {}), blocks };
}

/** Of everything but text, a part is worth nothing. */
function shortened(block: AssistantBlock, room: number): AssistantBlock | undefined {
  if (block.type !== 'text') return undefined;
  const text = cutJson(block.text, Math.max(0, room - jsonBytes({ ...block, text: '' })));
  return text === '' ? undefined : { ...block, text };
}

const RESULT_NOTE =
  '\n(The rest is cut: the results of one turn were too long together. Ask for less at a time.)';

/** The results of one turn, together no longer than this: short ones stay whole, long ones are cut to the same length. */
export function fitResults(results: readonly ToolResult[], maxBytes: number): ToolResult[] {
  const level = levelOf(
    results.map(({ text }) => jsonBytes(text)),
    maxBytes,
  );
  return results.map((result) =>
    jsonBytes(result.text) <= level
      ? result
      : { ...result, text: cutJson(result.text, Math.max(0, level - RESULT_NOTE.length)) + RESULT_NOTE },
  );
}

/** The height at which everything above is cut off, so that what is below adds up to no more than the whole. */
function levelOf(sizesOfAll: readonly number[], whole: number): number {
  let left = whole;
  const ascending = [...sizesOfAll].sort((a, b) => a - b);
  for (const [index, size] of ascending.entries()) {
    const share = left / (ascending.length - index);
    if (size > share) return share;
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}
