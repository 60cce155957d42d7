import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: no i, l, o, u, so that an id can be read aloud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_CHARS = 12;

/** `<agent_type>-<12 characters>`: 60 random bits, unguessable, readable, safe in URLs. */
export function newAgentId(agentType: string): string {
  return `${agentType}-${crockford(randomBytes(ID_CHARS))}`;
}

/** The same id for the same key in the same session, and as unguessable as the session's own id. */
export function agentIdForKey(agentType: string, session: string, key: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([session, key]))
    .digest();
  return `${agentType}-${crockford(digest.subarray(0, ID_CHARS))}`;
}

export function newSessionId(): string {
  return `s-${crockford(randomBytes(20))}`;
}

/** Whether a text can be an agent's id at all; anything else never reaches the server. */
export function looksLikeAgentId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,60}-[0-9a-hjkmnp-tv-z]{12}$/.test(text);
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function crockford(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte % 32]).join('');
}
