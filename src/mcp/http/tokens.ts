/** The tokens of `bga mcp --http`: each is a caller, by whose name its agents are known. */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isToken } from '../../codec/token';
import type { Config, Env } from '../../config';
import { ConfigError } from '../../config/error';
import { readPrivateFile, type Secret, writePrivateFile } from '../../config/privateFile';
import { OWNER_NAME } from '../../config/schema';

const TOKENS: Secret = {
  what: 'the tokens of bga mcp --http',
  setWith: 'bga mcp --http --add-token NAME',
  maxBytes: 1_048_576,
};
const TOKEN_BYTES = 32;
/** What can be guessed is no token. */
const LEAST_CHARS = 16;
/** Of the token that is made at the first start, and of the one in the environment. */
export const FIRST_CALLER = 'default';

export type Tokens = Readonly<Record<string, string>>;

const tokensSchema = z.record(z.string().regex(OWNER_NAME), z.string().min(LEAST_CHARS));

export function tokensPath(stateDir: string): string {
  return join(stateDir, 'http-tokens.json');
}

/** The environment's stands in the place of the first one, as containers have it. */
export function readTokens(stateDir: string, env: Env): Tokens {
  const given = env.BGA_HTTP_TOKEN?.trim();
  if (given && given.length < LEAST_CHARS)
    throw new ConfigError(`BGA_HTTP_TOKEN: a token has at least ${LEAST_CHARS} characters.`);
  return { ...storedTokens(stateDir), ...(given ? { [FIRST_CALLER]: given } : {}) };
}

function storedTokens(stateDir: string): Tokens {
  const path = tokensPath(stateDir);
  const text = readPrivateFile(path, TOKENS);
  if (text === undefined) return {};
  try {
    return tokensSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ConfigError(`${path}: no file of tokens. Remove it and run "${TOKENS.setWith}".`, {
      cause: error,
    });
  }
}

/** A new one for this caller, in the place of an older one. */
export function addToken(stateDir: string, name: string): string {
  if (!OWNER_NAME.test(name))
    throw new ConfigError('The name of a token is letters, digits, ".", "_" or "-", 64 at most.');
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  write(stateDir, { ...storedTokens(stateDir), [name]: token });
  return token;
}

/** Whether there was one to remove. */
export function removeToken(stateDir: string, name: string): boolean {
  const { [name]: removed, ...rest } = storedTokens(stateDir);
  if (removed !== undefined) write(stateDir, rest);
  return removed !== undefined;
}

function write(stateDir: string, tokens: Tokens): void {
  writePrivateFile(tokensPath(stateDir), `${JSON.stringify(tokens, null, 2)}\n`, TOKENS);
}

/**
 * What a server starts with: on loopback a first token is made; where others can reach it, somebody must have decided who may.
 * @throws ConfigError
 */
export function requireTokens({ http, stateDir }: Pick<Config, 'http' | 'stateDir'>, env: Env): void {
  const names = Object.keys(readTokens(stateDir, env));
  if (http.issuer !== undefined) return;
  const isExplicit = env.BGA_HTTP_TOKEN?.trim() || names.some((name) => name !== FIRST_CALLER);
  if (!isLoopback(http.host) && !isExplicit)
    throw new ConfigError(
      `${http.host} can be reached by others, so say first who may: bga mcp --http --add-token NAME, BGA_HTTP_TOKEN, or http.issuer.`,
    );
  if (names.length === 0) addToken(stateDir, FIRST_CALLER);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The tokens as they are now: the file is read again when it has changed, and one that cannot be read lets nobody in. */
export function watchTokens(stateDir: string, env: Env): () => Tokens {
  let seen: number | undefined;
  let tokens: Tokens = {};
  return () => {
    const changedAtMs = statSync(tokensPath(stateDir), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAtMs !== seen) {
      tokens = {};
      tokens = readTokens(stateDir, env);
      seen = changedAtMs;
    }
    return tokens;
  };
}

/** Whose token it is; in a time that says nothing of how much of it was right. */
export function callerWith(given: string, tokens: Tokens): string | undefined {
  const fitting = Object.entries(tokens).filter(([, token]) => isToken(given, token));
  return fitting.at(0)?.[0];
}
