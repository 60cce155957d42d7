/** Tool names with the configured prefix, wherever this server itself names them: in the table, in descriptions, in error texts. */
const NAME = /\bagent_(spawn_many|spawn|status|output|wait|send|kill|list)\b/g;
/** What a caller wrote is quoted in our texts, and stays as it was written. */
const QUOTED = /("(?:[^"\\\n]|\\.)*")/;

/** For texts of our own; what agents and callers say is never sent through here. */
export function withPrefix(text: string, prefix: string): string {
  if (prefix === '') return text;
  return text
    .split(QUOTED)
    .map((part) => (part.startsWith('"') ? part : part.replace(NAME, (name) => `${prefix}${name}`)))
    .join('');
}
