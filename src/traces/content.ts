/** What was asked and answered, for those who want it in their traces: the attributes of the conventions, whose values are JSON. */
import type { Attributes } from '@opentelemetry/api';
import type { ModelAnswer, ModelRequest } from '../../activities/model/model';
import type {
  AssistantBlock,
  Json,
  Message,
  ToolCall,
  ToolResult,
  UserBlock,
} from '../../workflows/contract';
import type { Env } from '../config';

/** Off unless it is asked for. `true` is what the variable took before it told spans from events. */
export function capturesContent(env: Env): boolean {
  const asked = env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.trim().toLowerCase() ?? '';
  return ['true', 'span_only', 'span_and_event'].includes(asked);
}

export function contentOfRequest({ head, messages }: ModelRequest): Attributes {
  return {
    'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: head.instructions }]),
    'gen_ai.input.messages': JSON.stringify(messages.map(messageOf)),
  };
}

export function contentOfAnswer({ blocks, stop }: ModelAnswer): Attributes {
  const message = { role: 'assistant', parts: blocks.flatMap(partsOf), finish_reason: stop };
  return { 'gen_ai.output.messages': JSON.stringify([message]) };
}

export function contentOfCall({ input, malformedInput }: ToolCall): Attributes {
  return { 'gen_ai.tool.call.arguments': malformedInput ?? JSON.stringify(input) };
}

export function contentOfResult({ text }: ToolResult): Attributes {
  return { 'gen_ai.tool.call.result': text };
}

function messageOf({ role, blocks }: Message) {
  const all: readonly (UserBlock | AssistantBlock)[] = blocks;
  const isOfTools = all.some(({ type }) => type === 'tool_result');
  return { role: isOfTools ? 'tool' : role, parts: all.flatMap(partsOf) };
}

/** A block that only its provider understands is none of a reader's. */
function partsOf(block: UserBlock | AssistantBlock): Record<string, Json>[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', content: block.text }];
    case 'tool_use':
      return [{ type: 'tool_call', id: block.id, name: block.name, arguments: block.input }];
    case 'tool_result':
      return [{ type: 'tool_call_response', id: block.toolUseId, result: block.text }];
    case 'opaque':
      return [];
  }
}
