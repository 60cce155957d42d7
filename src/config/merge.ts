/** A source's settings, and how to call the place where it sets a key. */
export interface SourcedLayer {
  settings: Readonly<Record<string, unknown>>;
  sourceOf: (key: string) => string;
}

export interface Merged {
  settings: Record<string, unknown>;
  /** Where each dotted key came from. */
  sources: Map<string, string>;
}

/**
 * The first layer that sets a key wins. Objects at the top (`models`, `prices`, …) are merged name by name;
 * what stands in them is one value.
 */
export function mergeLayers(layers: readonly SourcedLayer[]): Merged {
  const values = new Map<string, unknown>();
  const groups = new Map<string, Map<string, unknown>>();
  const sources = new Map<string, string>();
  for (const { settings, sourceOf } of layers) {
    for (const [key, value] of Object.entries(settings)) {
      if (isGroup(value)) {
        const group = groups.get(key) ?? new Map<string, unknown>();
        groups.set(key, group);
        for (const [name, member] of Object.entries(value))
          claim(group, name, member, `${key}.${name}`, sourceOf);
      } else claim(values, key, value, key, sourceOf);
    }
  }
  function claim(
    into: Map<string, unknown>,
    name: string,
    value: unknown,
    key: string,
    sourceOf: SourcedLayer['sourceOf'],
  ) {
    if (value === undefined || into.has(name)) return;
    into.set(name, value);
    sources.set(key, sourceOf(key));
  }
  for (const [key, group] of groups) values.set(key, Object.fromEntries(group));
  return { settings: Object.fromEntries(values), sources };
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
