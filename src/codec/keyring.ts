/** The keys of one process, as they are now: a key that is added while it runs is used without a restart. */
import type { Env } from '../config/environment';
import { keysStamp, readKeys } from './keyFile';
import type { Key } from './keys';

/** A changed file is noticed at the latest after this; for a key that is looked for in vain, at once. */
const CHECK_EVERY_MS = 1_000;

export interface Keyring {
  /** In the order of their use: the first one encrypts, and without any nothing is encrypted. */
  keys(): readonly Key[];
  find(id: string): Key | undefined;
}

/** For what neither reads nor writes a payload. */
export const NO_KEYS: Keyring = { keys: () => [], find: () => undefined };

/** The key that would encrypt here and that the local worker cannot get: keys of the file it reads by itself. */
export function strangeKey([first]: readonly Key[], workers: readonly string[]): Key | undefined {
  return first?.source === 'environment' && !workers.includes(first.id) ? first : undefined;
}

/** @throws ConfigError for keys that cannot be read; later, those that could be read before are kept. */
export function openKeyring(stateDir: string, env: Env, nowMs: () => number = Date.now): Keyring {
  let stamp = keysStamp(stateDir);
  let keys = readKeys(stateDir, env);
  let checkedAtMs = nowMs();

  function refresh(): void {
    checkedAtMs = nowMs();
    const now = keysStamp(stateDir);
    if (now === stamp) return;
    stamp = now;
    try {
      const fresh = readKeys(stateDir, env);
      // None is forgotten: a file that was moved away must not turn encryption off under agents at work.
      keys = [...fresh, ...keys.filter(({ id }) => fresh.every((key) => key.id !== id))];
    } catch {
      // `bga doctor` says what is wrong with the file. Agents at work go on with the keys that there were.
    }
  }

  const current = () => {
    if (nowMs() - checkedAtMs >= CHECK_EVERY_MS) refresh();
    return keys;
  };
  const known = (id: string) => keys.find((key) => key.id === id);
  return {
    keys: current,
    find: (id) => {
      const found = known(id);
      if (found) return found;
      refresh();
      return known(id);
    },
  };
}
