/** A payload inside a payload, as Temporal's own samples do it: whatever it was, it comes back the same. */
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const { Payload: Proto } = temporal.api.common.v1;

export const ENCODINGS = { compressed: 'binary/zlib', encrypted: 'binary/encrypted' } as const;

export function encodingOf(payload: Payload): string {
  return textOf(payload, 'encoding') ?? '';
}

export function textOf({ metadata }: Payload, key: string): string | undefined {
  const bytes = metadata?.[key];
  return bytes ? Buffer.from(bytes).toString('utf8') : undefined;
}

export function bytesOf(payload: Payload): Uint8Array {
  return Proto.encode(payload).finish();
}

export function payloadFrom(bytes: Uint8Array): Payload {
  return Proto.decode(bytes);
}

export function wrapped(data: Uint8Array, metadata: Record<string, string>): Payload {
  const entries = Object.entries(metadata).map(([key, text]) => [key, Buffer.from(text)]);
  return { metadata: Object.fromEntries(entries), data };
}
