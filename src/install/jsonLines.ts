/**
 * A member or item put into JSON, or taken out, on lines of its own: no other line is written anew, and comments stay with what they
 * stand beside. (jsonc-parser's own formatting rewrites the neighbours as well; without it, everything lands on one line.)
 */
import { createScanner, type Node } from 'jsonc-parser';
import type { Json } from '../../workflows/contract';

interface Style {
  unit: string;
  eol: string;
}

/** @param key of the member; none for an item of an array */
export function inserted(text: string, holder: Node, key: string | undefined, value: Json): string {
  const last = holder.children?.at(-1);
  const style = styleOf(text);
  if (last) return behind(text, last, key, value, style);
  const start = holder.offset + 1;
  if (!text.trim().includes('\n') && holder.parent) return spliced(text, start, compact(key, value).trim());
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', holder.offset) + 1))?.[0] ?? '';
  const member = rendered(key, value, outer + style.unit, style);
  const inside = text.slice(start, endOf(holder) - 1);
  const rest = inside.trim() === '' ? `${style.eol}${outer}` : inside;
  return (
    text.slice(0, start) + style.eol + outer + style.unit + member + rest + text.slice(endOf(holder) - 1)
  );
}

/** After the last one, and after the comment that stands beside it. */
function behind(text: string, last: Node, key: string | undefined, value: Json, style: Style): string {
  const end = endOf(last);
  const lead = indentOf(text, last.offset);
  const rest = /^([ \t]*,)?([ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/)?[ \t]*)(?=\r?\n)/.exec(text.slice(end));
  if (!rest || lead === undefined) return spliced(text, end, `,${compact(key, value)}`);
  const [whole, comma = '', comment = ''] = rest;
  const member = `${style.eol}${lead}${rendered(key, value, lead, style)}${comma && ','}`;
  return text.slice(0, end) + (comma || ',') + comment + member + text.slice(end + whole.length);
}

export function removed(text: string, node: Node): string {
  const siblings = node.parent?.children ?? [];
  const at = siblings.indexOf(node);
  const [before, next] = [siblings[at - 1], siblings[at + 1]];
  const start = text.lastIndexOf('\n', node.offset) + 1;
  const rest = /^[ \t]*(,?)[ \t]*\r?\n/.exec(text.slice(endOf(node)));
  if (start === 0 || text.slice(start, node.offset).trim() !== '' || !rest) {
    if (before) return cut(text, endOf(before), endOf(node));
    return cut(text, node.offset, next?.offset ?? endOf(node));
  }
  const without = cut(text, start, endOf(node) + rest[0].length);
  // It was the last, and came with the comma of the one before.
  if (rest[1] === ',' || !before || next) return without;
  const comma = commaAfter(text, endOf(before));
  return cut(without, comma, comma + 1);
}

function commaAfter(text: string, from: number): number {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  do scanner.scan();
  while (text[scanner.getTokenOffset()] !== ',' && scanner.getTokenLength() > 0);
  return scanner.getTokenOffset();
}

function cut(text: string, from: number, to: number): string {
  return text.slice(0, from) + text.slice(to);
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function spliced(text: string, at: number, more: string): string {
  return text.slice(0, at) + more + text.slice(at);
}

/** What stands before it on its line, if that is only space. */
function indentOf(text: string, offset: number): string | undefined {
  const lead = text.slice(text.lastIndexOf('\n', offset) + 1, offset);
  return lead.trim() === '' && text.lastIndexOf('\n', offset) >= 0 ? lead : undefined;
}

function rendered(key: string | undefined, value: Json, lead: string, { unit, eol }: Style): string {
  const lines = JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${lead}`);
  return key === undefined ? lines : `${JSON.stringify(key)}: ${lines}`;
}

function compact(key: string | undefined, value: Json): string {
  return key === undefined
    ? ` ${JSON.stringify(value)}`
    : ` ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
}

/** As the file is written already; two spaces where that cannot be seen. */
function styleOf(text: string): Style {
  return { unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' };
}
