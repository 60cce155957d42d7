/** The codec server's token: whoever has it can read what the keys of this user open. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { readPrivateFile, type Secret, writePrivateFile } from '../config/privateFile';

const TOKEN: Secret = { what: "the codec server's token", setWith: 'bga codec-server', maxBytes: 1_024 };
const TOKEN_BYTES = 32;

/** The same at every start, because browsers remember it; made at the first. Without its file, a new one is made. */
export function codecToken(stateDir: string): string {
  const known = storedCodecToken(stateDir);
  if (known) return known;
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  writePrivateFile(tokenPath(stateDir), `${token}\n`, TOKEN);
  return token;
}

export function storedCodecToken(stateDir: string): string | undefined {
  return readPrivateFile(tokenPath(stateDir), TOKEN)?.trim();
}

function tokenPath(stateDir: string): string {
  return join(stateDir, 'codec-token');
}

/** In a time that says nothing of how much of it was right. */
export function isToken(given: string, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}
