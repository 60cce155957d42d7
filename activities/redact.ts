/** Keeps secrets out of what is written down: logs, failures, histories. */

const KEY_SHAPES = [
  /\bsk-[A-Za-z0-9_-]{6,}/g,
  /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi,
  // A JSON web token, as Temporal Cloud's keys are.
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  // Credentials inside a URL.
  /(?<=\/\/)[^/@\s]+@/g,
];
const MARK = '[redacted]';
/** Short strings are no keys, and would blank out ordinary words. */
const LEAST_CHARS = 4;
/** What stands in for a key where none is needed ("ollama", "dummy-key") may well be a word of what an agent reads or says. */
const LEAST_CHARS_OF_KEY = 16;
/** Of a secret's beginning, at the end of a text that is not whole yet. */
const LEAST_TAIL_CHARS = 8;

/** For what only tells of something: takes out the secrets that we know, and whatever is shaped like one. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const clean = without(text, secrets, LEAST_CHARS);
  return KEY_SHAPES.reduce((safe, shape) => safe.replace(shape, MARK), clean);
}

/** For what agents read and say, which stays as it is but for the very keys that we hold. */
export function withoutKeys<T>(value: T, keys: readonly string[]): T;
export function withoutKeys(value: unknown, keys: readonly string[]): unknown {
  if (typeof value === 'string') return without(value, keys, LEAST_CHARS_OF_KEY);
  if (Array.isArray(value)) return value.map((each: unknown) => withoutKeys(each, keys));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutKeys(each, keys)]));
}

/** The same for a text that still grows: it may end in the middle of a key. */
export function withoutKeysSoFar(text: string, keys: readonly string[]): string {
  const clean = withoutKeys(text, keys);
  const tailChars = Math.max(0, ...keys.map((key) => beginningAtEnd(clean, key)));
  return tailChars === 0 ? clean : clean.slice(0, -tailChars) + MARK;
}

function beginningAtEnd(text: string, key: string): number {
  if (key.length < LEAST_CHARS_OF_KEY) return 0;
  for (let chars = key.length - 1; chars >= LEAST_TAIL_CHARS; chars -= 1)
    if (text.endsWith(key.slice(0, chars))) return chars;
  return 0;
}

function without(text: string, secrets: readonly string[], leastChars: number): string {
  return secrets
    .filter(({ length }) => length >= leastChars)
    .flatMap((secret) => [secret, quoted(secret)])
    .reduce((clean, secret) => clean.replaceAll(secret, MARK), text);
}

/** As it stands inside JSON. */
function quoted(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}
