/** Where encryption keys are kept: in the environment, or in a file that only its owner can read. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KeySource } from '../config/credentials';
import type { Env } from '../config/environment';
import { ConfigError } from '../config/error';
import { readPrivateFile, type Secret, writePrivateFile } from '../config/privateFile';
import { codeOf } from '../config/readSmallFile';
import { type Key, newKeyText, parseKeys } from './keys';

const VARIABLE = 'BGA_ENCRYPTION_KEY';
const KEYS: Secret = {
  what: 'the encryption keys',
  setWith: 'bga config new-encryption-key',
  maxBytes: 16_384,
};

export function keysPath(stateDir: string): string {
  return join(stateDir, 'encryption-keys');
}

/** Where the key comes from that encrypts, without reading it. */
export function findKeys(stateDir: string, env: Env): KeySource | undefined {
  if (env[VARIABLE]?.trim()) return 'environment';
  return existsSync(keysPath(stateDir)) ? 'file' : undefined;
}

/** All keys, the one that encrypts first: those of the environment, then those of the file. */
export function readKeys(stateDir: string, env: Env): Key[] {
  return [...parseKeys(env[VARIABLE] ?? '', 'environment', VARIABLE), ...keysOfFile(stateDir)];
}

/** Changes whenever the file does. */
export function keysStamp(stateDir: string): string {
  try {
    const stats = statSync(keysPath(stateDir), { throwIfNoEntry: false });
    return stats === undefined ? 'none' : `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
  } catch (error) {
    // Whoever needs the folder says what is wrong with it.
    if (codeOf(error) === 'ENOTDIR') return 'none';
    throw error;
  }
}

/**
 * Puts a key before the others of the file, which go on reading what they wrote.
 * @param text the key; without it a new one is made
 */
export function addKey(stateDir: string, text: string = newKeyText()): Key {
  const [key, ...more] = parseKeys(text, 'file', 'The key');
  if (!key || more.length > 0) throw new ConfigError('Exactly one encryption key is expected.');
  const path = keysPath(stateDir);
  const old = keysOfFile(stateDir).filter(({ id }) => id !== key.id);
  const lines = [key, ...old].map(({ secret }) => secret.export().toString('base64url'));
  const full = `${lines.join('\n')}\n`;
  if (full.length > KEYS.maxBytes)
    throw new ConfigError(
      `${path}: it holds ${old.length} keys, and has no room for more. Remove the oldest.`,
    );
  writePrivateFile(path, full, KEYS);
  return key;
}

function keysOfFile(stateDir: string): Key[] {
  const path = keysPath(stateDir);
  return parseKeys(readPrivateFile(path, KEYS) ?? '', 'file', path);
}
