import type { Json, Provider } from './contract';

/** One line, at most `maxChars`, for places that show a single line. */
export function oneLine(text: string, maxChars: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= maxChars ? flat : `${cutChars(flat, maxChars - 1)}…`;
}

/** The first `maxChars` UTF-16 units, never ending inside a surrogate pair. */
export function cutChars(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? maxChars - 1 : maxChars);
}

/** The last `maxChars` UTF-16 units, never beginning inside a surrogate pair. */
export function cutCharsFromStart(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const first = text.charCodeAt(text.length - maxChars);
  const splitsPair = first >= 0xdc00 && first <= 0xdfff;
  return text.slice(text.length - maxChars + (splitsPair ? 1 : 0));
}

/** Size in UTF-8; the sandbox of a workflow has no Buffer. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) bytes += 1;
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes += 1;
  }
  return bytes;
}

/** `1 line`, `2 lines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a value takes in a payload. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value));
}

/** A tool call as a person would type it: `read_file src/index.ts from_line=10`. */
export function describeCall(name: string, input: Json, maxChars: number): string {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return oneLine(name, maxChars);
  const parts = Object.entries(input).map(([key, value], index) =>
    index === 0 && typeof value === 'string' ? value : `${key}=${JSON.stringify(value)}`,
  );
  return oneLine([name, ...parts].join(' '), maxChars);
}

/** What an agent does while its model answers. */
export function askingLine({ provider, model }: { provider: Provider; model: string }): string {
  return provider === 'offline' ? 'searching, with the offline scout' : `asking ${model}`;
}

/** JSON with sorted keys, so that equal arguments give equal text. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
