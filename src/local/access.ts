/** With what a worker reaches its model: enough to compare two environments, nothing to log in with. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const modelAccess = z.object({
  provider: z.enum(['anthropic', 'offline']),
  /** Without credentials and query. */
  baseUrl: z.string().optional(),
  /** Where the API key was found. */
  key: z.enum(['environment', 'file', 'none']),
  /** Of that key; see {@link fingerprint}. */
  fingerprint: z.string().optional(),
});
export type ModelAccess = z.infer<typeof modelAccess>;

const FINGERPRINT_CHARS = 12;

/**
 * Tells two keys apart. It gives nothing away: a key has far more entropy than anybody can try out, and 48 bits of its
 * hash fit any number of other keys. A short password of a gateway could be guessed with it; so it is only kept in the
 * state file, beside what it would open and as private, and is neither logged nor printed nor part of a command line.
 */
export function fingerprint(key: string): string {
  const digest = createHash('sha256').update(`background-agents API key ${key}`).digest('hex');
  return digest.slice(0, FINGERPRINT_CHARS);
}

/** The same for two environments between which it makes no difference which of them a worker is started from. */
export function accessId({ provider, baseUrl = '', key, fingerprint: ofKey }: ModelAccess): string {
  return [provider, baseUrl, ofKey ?? key].join(' ');
}
