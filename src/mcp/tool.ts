import { type InputRequiredResult, isInputRequiredResult } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { AgentsContext } from '../agents/context';
import { checkArguments } from './arguments';
import type { Asker } from './questions/asker';
import { checkSession, withoutSession } from './sessionArgument';

/** Everything one can do with agents; loaded with Temporal's client at the first call, because `tools/list` should not wait for it. */
export type Operations = typeof import('../agents');

interface McpCall {
  operations: Operations;
  agents: AgentsContext;
  /** Tells the client, if it wants to know, that the call is alive and what goes on. */
  report(message: string): void;
  /** Aborted when the client gives the call up. */
  signal: AbortSignal;
  /** When it came: the client's patience began then, however long the service took to come up. */
  arrivedMs: number;
  /** The client takes a task for an answer. */
  takesTasks: boolean;
  asker: Asker;
}

export interface McpToolDefinition<Input extends z.ZodObject, Output extends z.ZodType> {
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
  /** The result, or what the client's user is to be asked first. */
  run(args: z.output<Input>, call: McpCall): Promise<z.input<Output> | InputRequiredResult>;
  /** The agent that stands for the rest of this call, where the client takes tasks. */
  taskOf?(args: z.output<Input>, result: z.input<Output>): string | undefined;
  /** The same facts as the structured result, compactly. `own` is for our own words: it gives tool names their prefix. */
  render(result: z.input<Output>, own: (text: string) => string, request: z.output<Input>): string;
}

interface ToolReply {
  structuredContent: Record<string, unknown>;
  text: string;
  /** Present when the call goes on as this task. */
  taskId?: string;
}

/** Where a call is made. */
interface Desk {
  /** Calls name the session that they belong to. */
  namesSessions: boolean;
  open(session: string | undefined): Promise<McpCall>;
  /** For our own words: it gives tool names their prefix. */
  own(text: string): string;
}

/** A tool with its types folded away, so that all of them fit one table. */
export interface McpTool {
  definition: Omit<McpToolDefinition<z.ZodObject, z.ZodType>, 'run' | 'render' | 'taskOf'>;
  /** @throws UserError for arguments that do not fit, before `open` is asked for anything. */
  call(args: unknown, desk: Desk): Promise<ToolReply | InputRequiredResult>;
}

export function defineMcpTool<
  Input extends z.ZodObject,
  Output extends z.ZodType<Record<string, unknown>, Record<string, unknown>>,
>(definition: McpToolDefinition<Input, Output>): McpTool {
  const { run, render, taskOf, ...rest } = definition;
  return {
    definition: rest,
    async call(args, { namesSessions, open, own }) {
      const session = namesSessions ? checkSession(definition, args) : undefined;
      const rest = namesSessions ? withoutSession(args) : args;
      const parsed = checkArguments(definition.name, definition.input, rest);
      const opened = await open(session);
      const result = await run(parsed, opened);
      if (isInputRequiredResult(result)) return result;
      const taskId = opened.takesTasks ? taskOf?.(parsed, result) : undefined;
      return {
        structuredContent: result,
        text: render(result, own, parsed),
        ...(taskId === undefined ? {} : { taskId }),
      };
    },
  };
}

export const READ_ONLY = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
