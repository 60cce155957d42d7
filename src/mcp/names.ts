/** Tool names with the configured prefix, wherever they stand: in the table, in descriptions, in error texts. */
const NAME = /\bagent_(spawn|status|output|wait|kill|list)\b/g;

export function withPrefix(text: string, prefix: string): string {
  return prefix === '' ? text : text.replace(NAME, (name) => `${prefix}${name}`);
}
