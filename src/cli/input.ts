import type { z } from 'zod';
import { UserError } from '../agents/errors';

/** Checks what a command was given against the schema of the MCP tool of the same name. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(dropUndefined(value));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${optionName(path)}: ${message}`);
  throw new UserError('invalid', `${problems.join('; ')}. See --help.`);
}

/** Options arrive as text. What is no number is left as it is, for the schema to refuse. */
export function numberOption(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function dropUndefined(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

function optionName(path: readonly PropertyKey[]): string {
  const [first] = path;
  return first === undefined ? 'arguments' : String(first).replace(/_/g, '-');
}
