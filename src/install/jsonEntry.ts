/** Our MCP server in a client's JSON: one member of an object of servers. */
import type { Json } from '../../workflows/contract';
import { canonicalJson } from '../../workflows/text';
import type { Edit, Traces } from './edit';
import { refusedAt, valueAt, without, withValue } from './jsonText';

type Entry = { [key: string]: Json };

/** An entry that is there keeps what else it says: only our own members are set. */
export function jsonEntry(file: string, path: readonly string[], entry: Entry): Edit {
  const at = [...path];
  return {
    put(text) {
      const before = valueAt(file, text, at);
      if (before === undefined)
        return { text: withValue(file, text, at, entry), traces: { made: missing(file, text, at) } };
      if (!isEntry(before)) throw refusedAt(file, text, at, 'is no object');
      const wanted = Object.entries(entry).map(([key, value]) => ({
        key,
        value: merged(before[key], value),
      }));
      const wrong = wanted.filter(({ key, value }) => !isSame(before[key], value));
      const changed = wrong.reduce((now, { key, value }) => withValue(file, now, [...at, key], value), text);
      return { text: changed, traces: { made: [], ...(wrong.length > 0 ? { before } : {}) } };
    },
    take(text, traces) {
      if (valueAt(file, text, at) === undefined) return text;
      const { before } = traces;
      if (before !== undefined) return withValue(file, text, at, before);
      return prune(file, without(file, text, at), traces);
    },
  };
}

function isSame(a: Json | undefined, b: Json): boolean {
  return a !== undefined && canonicalJson(a) === canonicalJson(b);
}

/** Variables of the environment that somebody added stay. */
function merged(before: Json | undefined, value: Json): Json {
  return isEntry(before) && isEntry(value) ? { ...before, ...value } : value;
}

/** Containers on the way that are not there, inmost first. */
export function missing(file: string, text: string, path: readonly string[]): string[][] {
  const holders = path.slice(0, -1).map((_, index) => path.slice(0, index + 1));
  return holders.filter((holder) => valueAt(file, text, [...holder]) === undefined).reverse();
}

export function prune(file: string, text: string, { made }: Traces): string {
  return made.reduce(
    (now, path) => (isEmpty(valueAt(file, now, path)) ? without(file, now, path) : now),
    text,
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isEntry(value: Json | undefined): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
