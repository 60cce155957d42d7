import type { ToolSchema } from '../model/model';
import { askSchema } from './ask';
import { listFiles } from './list-files';
import { readFile } from './read-file';
import { Refusal } from './refusal';
import { search } from './search';
import { cutAnswer, display } from './text';
import type { Tool, ToolAnswer, ToolContext } from './tool';

export type { Tool, ToolAnswer, ToolContext } from './tool';
export { openWorkspace, WorkspaceError } from './workspace';

/** Every tool there is; an agent type names those that its agents may call. */
export const TOOLS: readonly Tool[] = [listFiles, readFile, search];

export function findTool(name: string): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name);
}

function schemaOf(name: string): ToolSchema | undefined {
  return name === askSchema.name ? askSchema : findTool(name)?.schema;
}

/** What the model is told of these tools. A name that no longer exists, as after an upgrade, is left out. */
export function toolSchemas(names: readonly string[]): ToolSchema[] {
  return names.map(schemaOf).flatMap((schema) => schema ?? []);
}

/** Runs one call of a model. What the model can act on is an answer; what is thrown is a failure of the machinery. */
export async function runTool(
  name: string,
  input: unknown,
  context: ToolContext,
  allowedNames: readonly string[] = TOOLS.map((tool) => tool.name),
): Promise<ToolAnswer> {
  const tool = allowedNames.includes(name) ? findTool(name) : undefined;
  if (!tool) return unknownTool(name, allowedNames);
  try {
    return cutAnswer(await tool.call(input, context));
  } catch (error) {
    if (error instanceof Refusal) return cutAnswer({ isError: true, text: error.message });
    throw error;
  }
}

function unknownTool(name: string, allowedNames: readonly string[]): ToolAnswer {
  const list = toolSchemas(allowedNames).map((schema) => schema.name);
  const advice =
    list.length > 0 ? `Call one of: ${list.join(', ')}.` : 'This agent has no tools; answer without.';
  return cutAnswer({ isError: true, text: `There is no tool ${display(name)}. ${advice}` });
}
