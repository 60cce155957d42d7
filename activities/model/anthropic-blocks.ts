/** One block of a reply as it grows: text, a tool call, or something that only the provider understands. */
import type { RawContentBlockDelta, RawContentBlockStartEvent } from '@anthropic-ai/sdk/resources/messages';
import type { AssistantBlock, Json, ToolUseBlock } from '../../workflows/contract';
import { StreamFault } from './anthropic-errors';

type JsonObject = { [key: string]: Json };
type Place = { index: number; closed: boolean };
type GrowingTool = Place & { kind: 'tool'; id: string; name: string; given: Json; json: string };
type GrowingOpaque = Place & { kind: 'opaque'; raw: JsonObject; json: string };
export type GrowingBlock = (Place & { kind: 'text'; text: string }) | GrowingTool | GrowingOpaque;

export function openBlock(index: number, start: RawContentBlockStartEvent['content_block']): GrowingBlock {
  const raw = toJson(start);
  if (!isObject(raw) || typeof raw.type !== 'string')
    throw new StreamFault('The reply began a block of no type.');
  const place = { index, closed: false };
  if (raw.type === 'text') return { ...place, kind: 'text', text: textOf(raw.text) };
  if (raw.type !== 'tool_use') return { ...place, kind: 'opaque', raw, json: '' };
  const [id, name] = [textOf(raw.id), textOf(raw.name)];
  return { ...place, kind: 'tool', id, name, given: raw.input ?? {}, json: '' };
}

/** Deltas of kinds that are new to us, or that do not belong to the block, are passed over. */
export function addDelta(block: GrowingBlock, delta: RawContentBlockDelta): GrowingBlock {
  switch (delta?.type) {
    case 'text_delta':
      return block.kind === 'text' ? { ...block, text: block.text + textOf(delta.text) } : block;
    case 'input_json_delta':
      return block.kind === 'text' ? block : { ...block, json: block.json + textOf(delta.partial_json) };
    case 'thinking_delta':
      return extended(block, 'thinking', delta.thinking);
    case 'signature_delta':
      return extended(block, 'signature', delta.signature);
    default:
      return block;
  }
}

export function closeBlock(block: GrowingBlock): AssistantBlock {
  if (block.kind === 'text') return { type: 'text', text: block.text };
  if (block.kind === 'tool') return closeTool(block);
  const input = parseObject(block.json);
  return { type: 'opaque', raw: input ? { ...block.raw, input } : block.raw };
}

/** No argument text at all is a call without arguments; text that is no JSON object is kept as it came. */
function closeTool({ id, name, given, json }: GrowingTool): ToolUseBlock {
  const call = { type: 'tool_use' as const, id, name };
  if (json.trim() === '') return { ...call, input: isObject(given) ? given : {} };
  const input = parseObject(json);
  return input ? { ...call, input } : { ...call, input: {}, malformedInput: json };
}

function extended(block: GrowingBlock, key: string, more: string): GrowingBlock {
  if (block.kind !== 'opaque') return block;
  return { ...block, raw: { ...block.raw, [key]: textOf(block.raw[key]) + textOf(more) } };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What arrives is only said to have the SDK's types: a gateway may leave anything out. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function toJson(value: unknown): Json {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
