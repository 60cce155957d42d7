/** What is read of a history's values: a newer or an older version may have written them, with more or less in them. */
import { z } from 'zod';
import { usage } from '../agents/wire';

const textBlock = z.object({ type: z.literal('text'), text: z.string() });
const toolUse = z.object({
  type: z.literal('tool_use'),
  name: z.string(),
  input: z.json(),
  malformedInput: z.string().optional(),
});
/** What only its provider understands. */
const other = z.object({ type: z.string() }).transform(() => ({ type: 'other' as const }));
const toolResultBlock = z.object({ type: z.literal('tool_result'), text: z.string(), isError: z.boolean() });

export const modelCall = z.object({
  model: z.string(),
  progress: z.object({ turn: z.number() }),
  waitingFor: z.string().optional(),
});
export const modelReply = z.object({
  blocks: z.array(z.union([textBlock, toolUse, other])),
  stop: z.string(),
  usage,
});
export type ToolUse = z.output<typeof toolUse>;

export const summaryCall = z.object({ model: z.string() });
export const summaryReply = z.object({ text: z.string(), usage });

export const toolCall = z.object({ name: z.string(), input: z.json() });
export const toolResult = z.object({ text: z.string(), isError: z.boolean() });

/** A stop's reason and note come as two arguments, a message as one. */
export const sentMessage = z.object({ text: z.string() });

/** What an agent was given, without what names its session: that is the key to others of the same. */
export const givenInput = z.object({
  task: z.string(),
  agentType: z.string(),
  instructions: z.string(),
  tools: z.array(z.string()),
  tier: z.string(),
  model: z.string(),
  provider: z.string(),
  workspace: z.string(),
  lifetime: z.string(),
  name: z.string().optional(),
  limits: z.record(z.string(), z.number()),
  createdAtMs: z.number(),
});

/** What a run was left with by the one before it. */
export const carriedState = z.object({
  state: z.object({
    messages: z.array(
      z.object({
        role: z.enum(['user', 'assistant']),
        blocks: z.array(z.union([textBlock, toolUse, toolResultBlock, other])),
      }),
    ),
  }),
});
