import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { ConfigError } from './error';
import { type Problem, problemsOf, withKey } from './problems';

/** Enough for every key there is; more could only exhaust the stack of the parser. */
const MAX_NESTING = 32;

/** The layer that a JSON file holds. Problems name file, line and column. */
export function parseJsonLayer<T>(
  path: string,
  text: string,
  schema: z.ZodType<T>,
  explain: (error: z.ZodError) => Problem[] = (error) => problemsOf(error, schema),
): T {
  const at = (offset: number) => `${path}:${lineAndColumn(text, offset)}`;
  const root = parse(text, at);
  // Not the tree's own value: that would let a key "__proto__" set a prototype.
  const value: unknown = JSON.parse(text);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    explain(parsed.error).map((problem) => `${at(offsetOf(root, problem))}: ${withKey(problem)}`),
  );
}

function parse(text: string, at: (offset: number) => string): Node {
  refuseDeepNesting(text, at);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first !== undefined) throw new ConfigError(`${at(first.offset)}: broken JSON: ${brokenJson(first)}.`);
  if (root === undefined)
    throw new ConfigError(`${at(0)}: broken JSON: the file is empty. Write {} or remove it.`);
  const bad = badKey(root);
  if (bad !== undefined) throw new ConfigError(`${at(bad.key.offset)}: ${bad.text}`);
  return root;
}

/** `PropertyNameExpected` → `property name expected`. */
export function brokenJson(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function refuseDeepNesting(text: string, at: (offset: number) => string): void {
  let depth = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (match[0] === '[' || match[0] === '{') depth += 1;
    if (match[0] === ']' || match[0] === '}') depth -= 1;
    if (depth > MAX_NESTING) throw new ConfigError(`${at(match.index)}: nested too deeply.`);
  }
}

interface BadKey {
  key: Node;
  text: string;
}

/** What a schema cannot see: a key that the value holds only once, or that tables of names pass over in silence. */
function badKey(node: Node): BadKey | undefined {
  const seen = new Set<unknown>();
  for (const child of node.children ?? []) {
    const key = node.type === 'object' ? child.children?.[0] : undefined;
    const quoted = JSON.stringify(key?.value);
    if (key !== undefined && seen.has(key.value)) return { key, text: `the key ${quoted} is there twice.` };
    if (key?.value === '__proto__') return { key, text: `${quoted}: unknown key.` };
    seen.add(key?.value);
    const inside = badKey(child);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function offsetOf(root: Node, problem: Problem): number {
  const path = problem.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const node = findNodeAtLocation(root, path);
  if (node === undefined) return root.offset;
  return (problem.wrongKey ? node.parent?.offset : undefined) ?? node.offset;
}

export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
