/** Encryption keys as text and as what the cipher takes. No key is ever part of a message. */
import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { KeySource } from '../config/credentials';
import { ConfigError } from '../config/error';

const KEY_BYTES = 32;
const ID_CHARS = 12;

export interface Key {
  /** Stands in what it encrypted, and in messages: derived from the key, which cannot be derived from it. */
  id: string;
  /** An object that neither logs nor JSON can show. */
  secret: KeyObject;
  source: KeySource;
}

export function newKeyText(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

/**
 * Keys in the order of their use: the first one encrypts. They stand apart by line breaks, spaces or commas.
 * @throws ConfigError that names the place, and the command that makes a key
 */
export function parseKeys(text: string, source: KeySource, where: string): Key[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word, index) => {
      const bytes = bytesOf(word);
      if (bytes) return { id: idOf(bytes), secret: createSecretKey(bytes), source };
      throw new ConfigError(
        `${where}: encryption key ${index + 1} is not 32 bytes in base64 (44 characters) or hex (64). Make one with "bga config new-encryption-key".`,
      );
    });
}

function bytesOf(word: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(word)) return Buffer.from(word, 'hex');
  return /^[\w+/-]{43}=?$/.test(word) ? Buffer.from(word, 'base64') : undefined;
}

/** Not the hash of the key alone: nobody should find it in a table made for something else. */
function idOf(bytes: Buffer): string {
  return createHash('sha256')
    .update('background-agents key id')
    .update(bytes)
    .digest('hex')
    .slice(0, ID_CHARS);
}
