/** Changes to JSON with comments that leave every other byte as it is. */
import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  type JSONPath,
  modify,
  type Node,
  type ParseError,
  parseTree,
} from 'jsonc-parser';
import type { Json } from '../../workflows/contract';
import { ConfigError } from '../config/error';
import { brokenJson, lineAndColumn } from '../config/jsonFile';
import { inserted, removed } from './jsonLines';

/** The tree of a text, or undefined for one that holds nothing yet. */
function parsed(file: string, text: string): Node | undefined {
  if (text.trim() === '') return undefined;
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) throw refused(file, text, first.offset, `broken JSON: ${brokenJson(first)}`);
  if (root?.type !== 'object') throw refused(file, text, root?.offset ?? 0, 'not a JSON object');
  return root;
}

/** The value at a path whose containers are objects (or, with a number, arrays); undefined where there is none. */
export function valueAt(file: string, text: string, path: JSONPath): Json | undefined {
  const root = parsed(file, text);
  if (!root) return undefined;
  for (let depth = 0; depth < path.length; depth += 1) refuseOdd(file, text, root, path.slice(0, depth + 1));
  const node = findNodeAtLocation(root, path);
  return node && getNodeValue(node);
}

export function withValue(file: string, text: string, path: JSONPath, value: Json): string {
  if (valueAt(file, text, path) !== undefined) return applyEdits(text, modify(text, path, value, {}));
  const root = parsed(file, text);
  if (!root) return withValue(file, '{}\n', path, value);
  // With the containers that are not there yet.
  let depth = path.length - 1;
  while (depth > 0 && !findNodeAtLocation(root, path.slice(0, depth))) depth -= 1;
  const holder = findNodeAtLocation(root, path.slice(0, depth)) ?? root;
  const whole = path.slice(depth + 1).reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
  return inserted(text, holder, String(path[depth]), whole);
}

export function withItem(file: string, text: string, path: JSONPath, value: Json): string {
  const root = parsed(file, text);
  const holder = root && findNodeAtLocation(root, path);
  return holder ? inserted(text, holder, undefined, value) : text;
}

export function without(file: string, text: string, path: JSONPath): string {
  const root = parsed(file, text);
  const node = root && findNodeAtLocation(root, path);
  const member = typeof path.at(-1) === 'string' ? node?.parent : node;
  return member ? removed(text, member) : text;
}

function refuseOdd(file: string, text: string, root: Node, path: JSONPath): void {
  const key = path.at(-1);
  const holder = findNodeAtLocation(root, path.slice(0, -1));
  if (!holder || typeof key !== 'string') return;
  if (holder.type !== 'object') throw refusedAt(file, text, path.slice(0, -1), 'is no object');
  const same = (holder.children ?? []).filter(({ children }) => children?.[0]?.value === key);
  const second = same[1];
  if (second) throw refused(file, text, second.offset, `the key ${JSON.stringify(key)} is there twice`);
}

/** @param problem said of what is at the path */
export function refusedAt(file: string, text: string, path: JSONPath, problem: string): ConfigError {
  const root = parsed(file, text);
  const offset = (root && findNodeAtLocation(root, path)?.offset) ?? 0;
  return refused(file, text, offset, `${JSON.stringify(path.join('.'))} ${problem}`);
}

function refused(file: string, text: string, offset: number, problem: string): ConfigError {
  return new ConfigError(
    `${file}:${lineAndColumn(text, offset)}: ${problem}. It was left as it is: mend it first.`,
  );
}
