/** The secrets that a process holds, by value: only who knows them can keep them out of what is written. */
import { readKeys } from '../codec/keyFile';
import type { Key } from '../codec/keys';
import { storedCodecToken } from '../codec/token';
import { type Config, type Env, readApiKey, readTemporalConnection } from '../config';
import { readTokens } from '../mcp/http/tokens';
import { secretsOfEnvironment } from './environment';

/** A key that is put right while a process runs is known to it this soon. */
const REREAD_MS = 1_000;

/** Those of now, and those of before: what was a key may still be one elsewhere. */
export function secretsOf(config: Config, env: Env, nowMs: () => number = Date.now): () => readonly string[] {
  const known = new Set<string>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (nowMs() - readAtMs >= REREAD_MS) {
      readAtMs = nowMs();
      for (const secret of readSecrets(config, env)) known.add(secret);
    }
    return [...known];
  };
}

function readSecrets(config: Config, env: Env): string[] {
  const { stateDir, temporal, namespace } = config;
  const read = [
    () => secretsOfEnvironment(env),
    () => [readApiKey(stateDir, env)],
    () => readKeys(stateDir, env).flatMap(spellings),
    () => Object.values(readTokens(stateDir, env)),
    () => [storedCodecToken(stateDir)],
    () => (temporal.hasApiKey ? [apiKeyOf(readTemporalConnection(temporal, namespace, env))] : []),
  ];
  // What cannot be read cannot leak either; whoever needs it says what is wrong with it.
  return read.flatMap((each) => attempt(each)).flatMap((secret) => (secret ? [secret] : []));
}

function attempt(read: () => readonly (string | undefined)[]): readonly (string | undefined)[] {
  try {
    return read();
  } catch {
    return [];
  }
}

function spellings({ secret }: Key): string[] {
  const bytes = secret.export();
  return (['base64', 'base64url', 'hex'] as const).map((encoding) => bytes.toString(encoding));
}

function apiKeyOf({ connectionOptions }: ReturnType<typeof readTemporalConnection>): string | undefined {
  const { apiKey } = connectionOptions;
  return typeof apiKey === 'string' ? apiKey : undefined;
}
