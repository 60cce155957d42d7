/** What a command was given, checked against the schema of the MCP tool of the same name. */
import type { z } from 'zod';
import { UserError } from '../agents/errors';

export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  return checkedAs(schema, dropUndefined(value), optionName, (problems) => `${problems}. See --help.`);
}

/** The same for what stands elsewhere than in the options, where the fields have their own names. */
export function checkedFields<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const named = (path: readonly PropertyKey[]) => (path.length === 0 ? where : `${where}: ${path.join('.')}`);
  return checkedAs(schema, value, named, (problems) => `${problems}.`);
}

function checkedAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  nameOf: (path: readonly PropertyKey[]) => string,
  sentence: (problems: string) => string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = new Map(parsed.error.issues.map(({ path, message }) => [nameOf(path), inWords(message)]));
  throw new UserError(
    'invalid',
    sentence([...problems].map(([name, problem]) => `${name}: ${problem}`).join('; ')),
  );
}

/** Options arrive as text. What is no number is left as it is, for the schema to refuse. */
export function numberOption(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

export function chosen<Name extends string>(option: string, value: unknown, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UserError('invalid', `${option}: expected one of ${names.join(', ')}. See --help.`);
}

export async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}

function dropUndefined(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

/** Fields whose option is called otherwise, or that are arguments. */
const NAMES: Readonly<Partial<Record<string, string>>> = {
  agent_type: '--type',
  task: 'task',
  agent_id: 'agent_id',
  agent_ids: 'agent_id',
};

function optionName([first]: readonly PropertyKey[]): string {
  if (first === undefined) return 'arguments';
  const field = String(first);
  return NAMES[field] ?? `--${field.replace(/_/g, '-')}`;
}

function inWords(message: string): string {
  return message
    .replace(/^Invalid (input|option): /, '')
    .replace(/^expected \w+, received undefined$/, 'is missing')
    .replace(/^expected (int|number), received .*/, 'expected a number')
    .replace(/^Too (?:small|big): expected \w+ to (be|have) ([<>])=?/, (_, verb: string, sign: string) =>
      [`has to ${verb}`, sign === '>' ? 'at least ' : 'at most '].join(' '),
    );
}
