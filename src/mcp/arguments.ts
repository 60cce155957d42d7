/** What is wrong with a call's arguments, said so that the caller can put it right: what, where, and what would fit. */
import { z } from 'zod';
import { UserError } from '../agents/errors';
import { didYouMean } from '../config/nearest';

type Issue = z.core.$ZodIssue;

/** @throws UserError that names every problem at once. */
export function checkArguments<Input extends z.ZodType>(
  tool: string,
  schema: Input,
  args: unknown,
): z.output<Input> {
  const parsed = schema.safeParse(args ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const known = knownTo(schema);
  throw new UserError(
    'invalid',
    `Invalid arguments for ${tool}: ${problemsOf(parsed.error, known)}. The call did nothing. Its arguments are: ${known.join(', ')}.`,
  );
}

/** The same of a prompt, where a person fills in what is missing: with what to give. Nothing when all is well. */
export function wrongInPrompt(schema: z.ZodObject, args: unknown): string | undefined {
  const parsed = schema.safeParse(args ?? {}, { reportInput: true });
  if (parsed.success) return undefined;
  const problems = problemsOf(parsed.error, knownTo(schema), (name) => schema.shape[name]?.description);
  return `${problems}. Its arguments are: ${knownTo(schema).join(', ')}.`;
}

function knownTo(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function problemsOf(
  { issues }: z.ZodError,
  known: readonly string[],
  whatFor: (argument: string) => string | undefined = () => undefined,
): string {
  const problems = issues.map((issue): [string, string] => {
    const meaning = isMissing(issue) ? whatFor(pathOf(issue)) : undefined;
    return [pathOf(issue), `${problemOf(issue, known)}${meaning === undefined ? '' : ` (${meaning})`}`];
  });
  // One problem for one field: an empty text is also too short.
  return [...new Map(problems).values()].join('; ');
}

function isMissing({ code, input }: Issue): boolean {
  return code === 'invalid_type' && input === undefined;
}

function problemOf(issue: Issue, known: readonly string[]): string {
  const at = pathOf(issue);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys
        .map(
          (key) =>
            `${issue.path.length > 0 ? `${at}: ` : ''}unknown argument ${shown(key)}${hint(key, known)}`,
        )
        .join('; ');
    case 'invalid_type':
      if (isMissing(issue)) return `${at} is missing`;
      return `${at} must be ${article(issue.expected)} and is ${shown(issue.input)}`;
    case 'invalid_value':
      return `${at} must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')} and is ${shown(issue.input)}`;
    case 'too_small':
      if (issue.input === '') return `${at} is empty`;
      return `${at} must be ${issue.inclusive ? 'at least' : 'more than'} ${amount(issue.minimum, issue.origin)}${given(issue)}`;
    case 'too_big':
      return `${at} must be ${issue.inclusive ? 'at most' : 'less than'} ${amount(issue.maximum, issue.origin)}${given(issue)}`;
    default:
      return `${at} ${issue.message}`;
  }
}

function pathOf({ path }: Issue): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text.replace(/^\./, '') || 'arguments';
}

function hint(key: string, known: readonly string[]): string {
  if (key === 'session') return ' (this connection is the session; only calls over HTTP name theirs)';
  const suggestion = didYouMean(key, known).trim();
  return suggestion === '' ? '' : ` (${suggestion.replace(/\.$/, '')})`;
}

function article(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'string') return `${limit} characters long`;
  return origin === 'array' ? `${limit} entries long` : `${limit}`;
}

/** What came, where that is short; of long ones their length. */
function given({ input }: Issue): string {
  if (typeof input === 'string') return ` and has ${input.length}`;
  return Array.isArray(input) ? ` and has ${input.length}` : ` and is ${shown(input)}`;
}

function shown(value: unknown): string {
  const text = written(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // What can be read at any depth cannot be written at any.
    return Array.isArray(value) ? 'a list too deep to show' : 'an object too deep to show';
  }
}
