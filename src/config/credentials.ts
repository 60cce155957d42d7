import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Env } from './environment';
import { ConfigError } from './error';
import { codeOf } from './readSmallFile';

const MAX_KEY_BYTES = 4_096;

/** Where a key comes from; never the key. */
export type ApiKeySource = 'environment' | 'file';

export function apiKeyPath(stateDir: string): string {
  return join(stateDir, 'anthropic-key');
}

/** Whether there is a key, without reading it. */
export function findApiKey(stateDir: string, env: Env): ApiKeySource | undefined {
  if (env.ANTHROPIC_API_KEY?.trim()) return 'environment';
  return existsSync(apiKeyPath(stateDir)) ? 'file' : undefined;
}

/**
 * The API key: the environment's, else the file's. Read anew at each call, so that a changed key is picked up.
 * @throws ConfigError for a file that others may read, and for what cannot be a key.
 */
export function readApiKey(stateDir: string, env: Env): string | undefined {
  const fromEnvironment = env.ANTHROPIC_API_KEY;
  if (fromEnvironment?.trim()) return checkKey(fromEnvironment, 'ANTHROPIC_API_KEY');
  const path = apiKeyPath(stateDir);
  const text = readPrivateFile(path);
  return text === undefined ? undefined : checkKey(text, path);
}

/** Written beside it and moved into place: a reader sees the old key or the new one, never half of one. */
export function writeApiKey(stateDir: string, key: string): void {
  const checked = checkKey(key, 'The API key');
  const path = apiKeyPath(stateDir);
  const temporary = `${path}.${randomUUID()}`;
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    chmodSync(stateDir, 0o700);
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(descriptor, `${checked}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new ConfigError(`${path}: the API key cannot be written (${codeOf(error)}).`, { cause: error });
  }
}

/** Whether there was one to remove. */
export function removeApiKey(stateDir: string): boolean {
  const path = apiKeyPath(stateDir);
  const there = existsSync(path);
  rmSync(path, { force: true });
  return there;
}

function readPrivateFile(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new ConfigError(`${path}: cannot be read (${codeOf(error)}).`, { cause: error });
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile())
      throw new ConfigError(`${path}: not a regular file. Remove it and run "bga config set-key".`);
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new ConfigError(`${path}: other users may read this API key. Run: chmod 600 ${shellQuote(path)}`);
    }
    const buffer = Buffer.alloc(MAX_KEY_BYTES + 1);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** No key is ever part of a message. */
function checkKey(text: string, where: string): string {
  const key = text.trim();
  const problem = problemWith(key);
  if (problem !== undefined)
    throw new ConfigError(`${where}: ${problem}. Set it again with "bga config set-key".`);
  return key;
}

function problemWith(key: string): string | undefined {
  if (key === '') return 'the API key is empty';
  if (key.length > MAX_KEY_BYTES) return 'the API key is too long to be one';
  // What a header cannot carry; a line break also means that more than a key was pasted.
  return /^[\x21-\x7e]+$/.test(key)
    ? undefined
    : 'the API key holds a line break, a space or a character that is not ASCII';
}

function shellQuote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
