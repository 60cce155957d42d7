/**
 * Conversation → request. Pure, and append-only: the request of a turn serializes to the request of the turn
 * before it, plus the new messages at the end. Only then does the provider's prompt cache find its prefix again.
 */
import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import type { AssistantBlock, Json, Message, UserBlock } from '../../workflows/contract';
import type { ModelRequest, ToolSchema } from './model';

const BREAKPOINT: CacheControlEphemeral = { type: 'ephemeral' };

/**
 * Two cache breakpoints: a fixed one behind tools and instructions, which all agents of a type share, and the
 * automatic one (top-level `cache_control`), which the API puts behind the last message. A breakpoint of our own
 * on the last message would have to move every turn, and so change earlier messages.
 */
export function toParams(request: ModelRequest): MessageCreateParamsStreaming {
  const { head } = request;
  const hasSystem = !isBlank(head.instructions);
  return {
    model: request.model,
    max_tokens: head.maxOutputTokens,
    ...(request.tools.length > 0 ? { tools: toTools(request.tools, !hasSystem) } : {}),
    ...(hasSystem ? { system: [{ ...textParam(head.instructions), cache_control: BREAKPOINT }] } : {}),
    cache_control: BREAKPOINT,
    stream: true,
    // Last, so that the serialized request only grows at its end.
    messages: request.messages.map(toMessage),
  };
}

function toTools(tools: readonly ToolSchema[], markLast: boolean): Tool[] {
  return tools.map((tool, index) => ({
    name: tool.name,
    description: tool.description,
    input_schema: { ...tool.inputSchema, type: 'object' },
    ...(markLast && index === tools.length - 1 ? { cache_control: BREAKPOINT } : {}),
  }));
}

function toMessage(message: Message): MessageParam {
  const content = message.role === 'user' ? userContent(message.blocks) : assistantContent(message.blocks);
  // The API refuses a message without content, and one that is only white space.
  return { role: message.role, content: content.length > 0 ? content : [textParam('(empty)')] };
}

/** The API wants the results of tool calls before anything else that the message says. */
function userContent(blocks: readonly UserBlock[]): ContentBlockParam[] {
  const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [toResult(block)] : []));
  const texts = blocks.flatMap((block) =>
    block.type === 'text' && !isBlank(block.text) ? [textParam(block.text)] : [],
  );
  return [...results, ...texts];
}

function toResult(block: Extract<UserBlock, { type: 'tool_result' }>): ToolResultBlockParam {
  return {
    type: 'tool_result',
    tool_use_id: block.toolUseId,
    ...(isBlank(block.text) ? {} : { content: block.text }),
    ...(block.isError ? { is_error: true } : {}),
  };
}

function assistantContent(blocks: readonly AssistantBlock[]): ContentBlockParam[] {
  return blocks.flatMap((block): ContentBlockParam[] => {
    if (block.type === 'text') return isBlank(block.text) ? [] : [textParam(block.text)];
    if (block.type === 'opaque') return isProviderBlock(block.raw) ? [block.raw] : [];
    return [{ type: 'tool_use', id: block.id, name: block.name, input: asObject(block.input) }];
  });
}

function textParam(text: string): TextBlockParam {
  return { type: 'text', text };
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

/** The provider's own block, which goes back as it came; all we know of it is that it names its type. */
function isProviderBlock(raw: unknown): raw is ContentBlockParam {
  return typeof raw === 'object' && raw !== null && 'type' in raw && typeof raw.type === 'string';
}

function asObject(input: Json): { [key: string]: Json } {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
}
