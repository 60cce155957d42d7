/** Tables by model id, in which an id also stands for its dated versions. */
export type ByModel<T> = Readonly<Record<string, T>>;

/** Its own entry, else the longest entry of which it is a version: `claude-haiku-5-5-20260101` is one of `claude-haiku-5-5`, `claude-haiku-5-55` is not. */
export function entryFor<T>(model: string, table: ByModel<T>): T | undefined {
  if (Object.hasOwn(table, model)) return table[model];
  const families = Object.keys(table).filter((id) => id !== '' && isVersionOf(model, id));
  const longest = families.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : table[longest];
}

function isVersionOf(model: string, family: string): boolean {
  // After the family comes a separator: `-20260101`, `@20260101` or `:0`, as the API and the clouds write it.
  return model.startsWith(family) && /^[-@:]/.test(model.slice(family.length));
}
