/** Events of a streamed reply → the reply. Pure: each event gives the next state. */
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { AssistantBlock, StopReason, Tokens } from '../../workflows/contract';
import { addDelta, closeBlock, type GrowingBlock, openBlock } from './anthropic-blocks';
import { StreamFault, UnknownStopReason } from './anthropic-errors';
import type { ModelAnswer } from './model';

export interface StreamState {
  blocks: readonly GrowingBlock[];
  tokens: Tokens;
  /** All text so far. */
  text: string;
  /** As the API gave it. */
  stopReason: string | undefined;
  /** The reply arrived whole. */
  complete: boolean;
}

/** What the output limit cut off is named, and is not among the blocks: a truncated call must never run. */
export interface StreamAnswer extends ModelAnswer {
  truncatedToolCall?: string;
}

const NO_TOKENS: Tokens = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

export const EMPTY_STREAM: StreamState = {
  blocks: [],
  tokens: NO_TOKENS,
  text: '',
  stopReason: undefined,
  complete: false,
};

/** @throws StreamFault for an event that makes no sense; kinds of events that are new to us are passed over. */
export function addEvent(state: StreamState, event: RawMessageStreamEvent): StreamState {
  switch (event?.type) {
    case 'message_start':
      return { ...state, tokens: countUsage(state.tokens, event.message?.usage) };
    case 'content_block_start':
      return withBlock(state, openBlock(event.index, event.content_block));
    case 'content_block_delta':
      return withBlock(state, addDelta(blockAt(state, event.index), event.delta));
    case 'content_block_stop':
      return withBlock(state, { ...blockAt(state, event.index), closed: true });
    case 'message_delta':
      return {
        ...state,
        tokens: countUsage(state.tokens, event.usage),
        stopReason: event.delta?.stop_reason ?? state.stopReason,
      };
    case 'message_stop':
      return { ...state, complete: true };
    default:
      return state;
  }
}

/** The finished reply. @throws StreamFault when it contradicts itself; UnknownStopReason. */
export function answerOf(state: StreamState): StreamAnswer {
  const { tokens } = state;
  const stop = stopOf(state.stopReason);
  if (stop === 'refusal') return { blocks: textBlocks(state), stop, tokens };
  if (stop === 'max_tokens') return { ...withoutCutBlock(state), stop, tokens };
  if (state.blocks.some((block) => !block.closed)) throw new StreamFault('The reply ended inside a block.');
  const blocks = state.blocks.map(closeBlock);
  const calls = blocks.some((block) => block.type === 'tool_use');
  if (stop === 'tool_use' && !calls) throw new StreamFault('The reply announced a tool call and held none.');
  // A model that asks for tools has not ended its turn, whatever a gateway calls it.
  return { blocks, stop: stop === 'end_turn' && calls ? 'tool_use' : stop, tokens };
}

/** What was said when the call was cancelled. Its tool calls will not run, so they are left out. */
export function abortedAnswer(state: StreamState): StreamAnswer {
  return { blocks: textBlocks(state), stop: 'aborted', tokens: state.tokens };
}

function stopOf(reason: string | undefined): StopReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'end_turn';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'max_tokens';
    case 'tool_use':
    case 'refusal':
    case 'pause_turn':
      return reason;
    case undefined:
      throw new StreamFault('The reply ended without saying why.');
    default:
      throw new UnknownStopReason(reason);
  }
}

/** The limit strikes in the last block. It may look whole, even parse, and still not be what was meant. */
function withoutCutBlock(state: StreamState): { blocks: AssistantBlock[]; truncatedToolCall?: string } {
  const last = state.blocks.at(-1);
  const whole = state.blocks.filter((block) => block.kind === 'text' || (block !== last && block.closed));
  const blocks = whole.map(closeBlock);
  return last?.kind === 'tool' ? { blocks, truncatedToolCall: last.name } : { blocks };
}

function textBlocks(state: StreamState): AssistantBlock[] {
  return state.blocks.flatMap((block) =>
    block.kind === 'text' && block.text !== '' ? [{ type: 'text' as const, text: block.text }] : [],
  );
}

function blockAt(state: StreamState, index: number): GrowingBlock {
  const block = state.blocks.find((each) => each.index === index);
  if (!block) throw new StreamFault('The reply continued a block that it had not begun.');
  return block;
}

function withBlock(state: StreamState, block: GrowingBlock): StreamState {
  const known = state.blocks.some((each) => each.index === block.index);
  const blocks = known
    ? state.blocks.map((each) => (each.index === block.index ? block : each))
    : [...state.blocks, block];
  // Concatenation, not a join: a long reply has thousands of deltas, and engines concatenate lazily.
  const text = blocks.reduce((all, each) => (each.kind === 'text' ? all + each.text : all), '');
  return { ...state, blocks, text };
}

/**
 * The API repeats its counts, each time for the whole reply, and some gateways give a 0 first or last.
 * The largest of each is the count; adding them up would count twice.
 */
function countUsage(tokens: Tokens, usage: unknown): Tokens {
  const reported = new Map(Object.entries(usage ?? {}));
  const largest = (known: number, name: string) => {
    const value: unknown = reported.get(name);
    return typeof value === 'number' && value > known ? value : known;
  };
  return {
    inputTokens: largest(tokens.inputTokens, 'input_tokens'),
    outputTokens: largest(tokens.outputTokens, 'output_tokens'),
    cacheReadTokens: largest(tokens.cacheReadTokens, 'cache_read_input_tokens'),
    cacheWriteTokens: largest(tokens.cacheWriteTokens, 'cache_creation_input_tokens'),
  };
}
