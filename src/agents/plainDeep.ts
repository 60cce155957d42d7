import { plainText } from './plain';

/** Every text in a result made safe to show, at whatever depth. */
export function plainRecord(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, plainDeep(value)]));
}

export function plainDeep(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) return value.map(plainDeep);
  if (value === null || typeof value !== 'object') return value;
  return plainRecord(Object.fromEntries(Object.entries(value)));
}
