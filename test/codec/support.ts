import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { compressing } from '../../src/codec/compress';
import { encrypting } from '../../src/codec/encrypt';
import type { Keyring } from '../../src/codec/keyring';
import { type Key, newKeyText, parseKeys } from '../../src/codec/keys';

export function newKey(): Key {
  const [key] = parseKeys(newKeyText(), 'file', 'test');
  if (!key) throw new Error('No key was made.');
  return key;
}

/** The first one encrypts. */
export function ringOf(...keys: Key[]): Keyring {
  return { keys: () => keys, find: (id) => keys.find((key) => key.id === id) };
}

/** All codecs in their order, as the SDK applies them. */
export function codecsOf(compression: boolean, ...keys: Key[]): PayloadCodec {
  const codecs = [compressing(compression), encrypting(ringOf(...keys))];
  return {
    encode: async (payloads) => {
      let encoded = payloads;
      for (const codec of codecs) encoded = await codec.encode(encoded);
      return encoded;
    },
    decode: async (payloads) => {
      let decoded = payloads;
      for (const codec of [...codecs].reverse()) decoded = await codec.decode(decoded);
      return decoded;
    },
  };
}

/** Comparable whatever class it is of. */
export function plain(payload: Payload | undefined) {
  const metadata = Object.entries(payload?.metadata ?? {}).map(([key, bytes]) => [
    key,
    Buffer.from(bytes).toString('base64'),
  ]);
  return { metadata: metadata.sort(), data: Buffer.from(payload?.data ?? []).toString('base64') };
}

export function jsonPayload(value: unknown): Payload {
  return {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify(value)),
  };
}

export function encoding(payload: Payload | undefined): string {
  return Buffer.from(payload?.metadata?.encoding ?? []).toString();
}

export async function inTemporaryFolder(run: (folder: string) => unknown): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bga-codec-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
