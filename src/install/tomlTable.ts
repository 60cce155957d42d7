/**
 * Our MCP server in Codex's TOML: a table of its own at the end. What is there is never written anew, and each result is read
 * again before it counts. (`@decimalturn/toml-patch`, which edits in place, gave an inline table a trailing comma where arrays
 * of the file had one: Codex's TOML 1.0 refuses that.)
 */
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify, TomlDate, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { ConfigError } from '../config/error';
import type { Edit } from './edit';

export function tomlTable(file: string, [group, name]: readonly [string, string], table: TomlTable): Edit {
  const entryIn = (whole: TomlTable) => tableOf(tableOf(whole[group])?.[name]);
  const blockOf = (entry: TomlTable) => stringify({ [group]: { [name]: entry } });
  return {
    put(text) {
      const whole = read(file, text);
      const before = entryIn(whole);
      const wanted = merged(before ?? {}, table);
      if (before && isDeepStrictEqual(plain(before), plain(wanted))) return { text, traces: { made: [] } };
      const block = blockOf(wanted);
      const changed = appended(withoutTable(text, group, name), block);
      const expected = { ...whole, [group]: { ...tableOf(whole[group]), [name]: wanted } };
      if (holds(changed, expected))
        return { text: changed, traces: { made: [], ...(before ? { before: blockOf(before) } : {}) } };
      throw new ConfigError(
        `${file}: "${group}" is written so that no table can be added to it. It was left as it is; write there yourself:\n${block}`,
      );
    },
    take(text, traces) {
      const whole = read(file, text);
      if (!entryIn(whole)) return text;
      const rest = withoutTable(text, group, name);
      const { [name]: _, ...others } = tableOf(whole[group]) ?? {};
      const { [group]: __, ...bare } = whole;
      if (
        holds(rest, { ...whole, [group]: others }) ||
        (Object.keys(others).length === 0 && holds(rest, bare))
      )
        return typeof traces.before === 'string' ? appended(rest, traces.before) : rest;
      throw new ConfigError(
        `${file}: "${group}.${name}" is not a table of its own. It was left as it is: remove it yourself.`,
      );
    },
  };
}

/** Variables of the environment that somebody added stay. */
function merged(before: TomlTable, table: TomlTable): TomlTable {
  const values = Object.entries(table).map(([key, value]) => {
    const [own, old] = [tableOf(value), tableOf(before[key])];
    return [key, own && old ? { ...old, ...own } : value];
  });
  return { ...before, ...Object.fromEntries(values) };
}

function appended(base: string, block: string): string {
  if (base === '') return block;
  const eol = base.includes('\r\n') ? '\r\n' : '\n';
  const end = base.endsWith('\n') ? '' : eol;
  return `${base}${end}${eol}${block.replaceAll('\n', eol)}`;
}

/** The beginning of a line that begins a table. */
const HEADER = /^[ \t]*\[/;

/** Without the lines of the table and of those below it, and without the blank one before. */
function withoutTable(text: string, group: string, name: string): string {
  const lines = text.split(/(?<=\n)/);
  const kept: string[] = [];
  let inside = false;
  for (const [index, line] of lines.entries()) {
    if (beginsTable(lines, index)) {
      const isOurs = tableOf(tableOf(quietly(line)?.[group])?.[name]) !== undefined;
      if (isOurs && !inside && kept.at(-1)?.trim() === '') kept.pop();
      inside = isOurs;
    }
    if (!inside || isOfNext(lines, index)) kept.push(line);
  }
  return kept.join('');
}

/** Not a line of an array or a long string: what stands before it is whole. */
function beginsTable(lines: readonly string[], index: number): boolean {
  return HEADER.test(lines[index] ?? '') && quietly(lines.slice(0, index).join('')) !== undefined;
}

/** Comments behind the last line of a table belong to what follows. */
function isOfNext(lines: readonly string[], index: number): boolean {
  if (!lines[index]?.trim().startsWith('#')) return false;
  const next = lines.slice(index).find((line) => !/^\s*(#|$)/.test(line));
  return next === undefined || HEADER.test(next);
}

function read(file: string, text: string): TomlTable {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = 'it cannot be read'] = error.message.replace('Invalid TOML document: ', '').split('\n');
    throw new ConfigError(
      `${file}:${error.line}:${error.column}: broken TOML: ${what}. It was left as it is: mend it first.`,
      { cause: error },
    );
  }
}

function quietly(text: string): TomlTable | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function holds(text: string, expected: TomlTable): boolean {
  const whole = quietly(text);
  return whole !== undefined && isDeepStrictEqual(plain(whole), plain(expected));
}

/** Without prototypes, which tell nothing. */
function plain(value: TomlValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  const table = tableOf(value);
  return table ? new Map(Object.entries(table).map(([key, each]) => [key, plain(each)])) : value;
}

function tableOf(value: TomlValue | undefined): TomlTable | undefined {
  const isTable = typeof value === 'object' && !Array.isArray(value) && !(value instanceof TomlDate);
  return isTable ? value : undefined;
}
