import { z } from 'zod';
import type { ToolSchema } from '../model/model';
import type { Workspace } from './workspace';

export interface ToolContext {
  workspace: Workspace;
  /** Aborted when the agent is stopped: a tool ends within moments and returns what it has. */
  signal: AbortSignal;
}

/** What the model is told. `isError` marks a failure that the model can act on. */
export interface ToolAnswer {
  text: string;
  isError: boolean;
}

export interface ToolDefinition<Schema extends z.ZodType> {
  name: string;
  /** Written for the model: what it does, what it returns, when to prefer another tool. */
  description: string;
  input: Schema;
  run(args: z.output<Schema>, context: ToolContext): Promise<ToolAnswer>;
}

/** A tool with its argument type folded away: `call` validates, then runs. */
export interface Tool {
  name: string;
  schema: ToolSchema;
  call(input: unknown, context: ToolContext): Promise<ToolAnswer>;
}

export function defineTool<Schema extends z.ZodType>(definition: ToolDefinition<Schema>): Tool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(definition.input, { io: 'input' });
  return {
    name: definition.name,
    schema: { name: definition.name, description: definition.description, inputSchema },
    async call(input, context) {
      const parsed = definition.input.safeParse(input);
      if (!parsed.success) return badArguments(definition.name, parsed.error);
      return definition.run(parsed.data, context);
    },
  };
}

function badArguments(name: string, error: z.ZodError): ToolAnswer {
  const problems = error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`);
  return {
    isError: true,
    text: `Bad arguments for ${name}. ${problems.join('; ')}. Call it again, corrected.`,
  };
}
