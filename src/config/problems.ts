import type { z } from 'zod';
import { didYouMean } from './nearest';
import { keysAt } from './schema';

/** One thing wrong in one source. */
export interface Problem {
  path: readonly PropertyKey[];
  /** Whether the key itself is wrong, rather than its value. */
  wrongKey: boolean;
  text: string;
}

/** What the schema found, in words that say what to do and never repeat a value. */
export function problemsOf(error: z.ZodError, schema: z.ZodType): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [problemOf(issue)];
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      wrongKey: true,
      text: `unknown key.${suggest(key, issue.path, schema)}`,
    }));
  });
}

/** `"limits.maxTurns": expected …` */
export function withKey(problem: Problem): string {
  return problem.path.length === 0 ? problem.text : `${quote(problem.path)}: ${problem.text}`;
}

function problemOf(issue: z.core.$ZodIssue): Problem {
  // The key of a record is wrong: the reason is one level down.
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const text = message
    .replace(/^Invalid (input|option): /, '')
    .replace('expected int,', 'expected a whole number,');
  return { path: issue.path, wrongKey: issue.code === 'invalid_key', text: `${text}.` };
}

function suggest(key: string, path: readonly PropertyKey[], schema: z.ZodType): string {
  if (/(api|auth|secret|anthropic)[_-]?(key|token)$/i.test(key)) {
    return ' A key does not belong in a configuration file: set ANTHROPIC_API_KEY or run "bga config set-key".';
  }
  const here = keysAt(schema, path);
  const near = didYouMean(key, here);
  if (near !== '') return near;
  const elsewhere = rightNameWrongPlace(key, path, schema);
  return elsewhere === undefined ? ` Known keys: ${here.join(', ')}.` : ` Did you mean "${elsewhere}"?`;
}

/** `maxTurns` is `limits.maxTurns`; `temporal.namespace` is `namespace`. */
function rightNameWrongPlace(
  key: string,
  path: readonly PropertyKey[],
  schema: z.ZodType,
): string | undefined {
  const tops = keysAt(schema, []);
  if (path.length > 0 && tops.includes(key)) return key;
  const group = tops.find((top) => keysAt(schema, [top]).includes(key));
  return group === undefined ? undefined : `${group}.${key}`;
}

function quote(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String).join('.'));
}
