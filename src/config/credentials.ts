import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from './environment';
import { ConfigError } from './error';
import { readPrivateFile, type Secret, writePrivateFile } from './privateFile';

const API_KEY: Secret = { what: 'the API key', setWith: 'bga config set-key', maxBytes: 4_096 };

/** Where a key comes from; never the key. */
export type KeySource = 'environment' | 'file';

export function apiKeyPath(stateDir: string): string {
  return join(stateDir, 'anthropic-key');
}

/** Whether there is a key, without reading it. */
export function findApiKey(stateDir: string, env: Env): KeySource | undefined {
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
  const text = readPrivateFile(path, API_KEY);
  return text === undefined ? undefined : checkKey(text, path);
}

export function writeApiKey(stateDir: string, key: string): void {
  writePrivateFile(apiKeyPath(stateDir), `${checkKey(key, 'The API key')}\n`, API_KEY);
}

/** Whether there was one to remove. */
export function removeApiKey(stateDir: string): boolean {
  const path = apiKeyPath(stateDir);
  const there = existsSync(path);
  rmSync(path, { force: true });
  return there;
}

/** No key is ever part of a message. */
function checkKey(text: string, where: string): string {
  const key = text.trim();
  const problem = problemWith(key);
  if (problem !== undefined)
    throw new ConfigError(`${where}: ${problem}. Set it again with "${API_KEY.setWith}".`);
  return key;
}

function problemWith(key: string): string | undefined {
  if (key === '') return 'the API key is empty';
  if (key.length > API_KEY.maxBytes) return 'the API key is too long to be one';
  // What a header cannot carry; a line break also means that more than a key was pasted.
  return /^[\x21-\x7e]+$/.test(key)
    ? undefined
    : 'the API key holds a line break, a space or a character that is not ASCII';
}
