import type { z } from 'zod';
import type { AgentsContext } from '../agents';

export interface McpCall {
  agents: AgentsContext;
  /** Tells the client, if it wants to know, that the call is alive and what goes on. */
  report(message: string): void;
  /** Aborted when the client gives the call up. */
  signal: AbortSignal;
}

export interface McpToolDefinition<Input extends z.ZodType, Output extends z.ZodType> {
  /** Without the prefix. */
  name: string;
  title: string;
  /** For the model: when to use it and when not. Tool names in it get the prefix. */
  description: string;
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  input: Input;
  output: Output;
  run(args: z.output<Input>, call: McpCall): Promise<z.input<Output>>;
  /** The same facts as the structured result, compactly. */
  render(result: z.input<Output>): string;
}

export type ToolReply = { structuredContent: Record<string, unknown>; text: string };

/** A tool with its types folded away, so that all of them fit one table. */
export interface McpTool {
  definition: Omit<McpToolDefinition<z.ZodType, z.ZodType>, 'run' | 'render'>;
  call(args: unknown, call: McpCall): Promise<ToolReply>;
}

export function defineMcpTool<
  Input extends z.ZodType,
  Output extends z.ZodType<Record<string, unknown>, Record<string, unknown>>,
>(definition: McpToolDefinition<Input, Output>): McpTool {
  const { run, render, ...rest } = definition;
  return {
    definition: rest,
    async call(args, call) {
      const result = await run(definition.input.parse(args), call);
      return { structuredContent: result, text: render(result) };
    },
  };
}

export const READ_ONLY = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
