import { type Keyring, openKeyring, strangeKey } from '../../codec';
import type { Key } from '../../codec/keys';
import { ConfigError, type Env } from '../../config';
import type { Check } from '../../local';

const SHARE = 'Store one for both (bga config set-encryption-key), then run: bga down && bga up';

/** Whether payloads are encrypted, and with what. */
export function checkEncryption(stateDir: string, env: Env): Check {
  const name = 'encryption';
  const keyring = tryKeyring(stateDir, env);
  if (!(keyring instanceof ConfigError)) return { name, ok: true, detail: inWords(keyring.keys()), fix: '' };
  const [detail = '', command] = keyring.message.split(' Run: ');
  return {
    name,
    ok: false,
    detail,
    fix: command === undefined ? 'Put it right, or move it away' : `Run: ${command}`,
  };
}

/** Whether the local worker has the keys that are here, and those only. */
export function checkWorkersKeys(
  stateDir: string,
  env: Env,
  workers: readonly string[] | undefined,
): Check[] {
  const keyring = tryKeyring(stateDir, env);
  return workers === undefined || keyring instanceof ConfigError
    ? []
    : [compareKeys(keyring.keys(), workers)];
}

/** The keys that are here, or what is wrong with them. */
export function tryKeyring(stateDir: string, env: Env): Keyring | ConfigError {
  try {
    return openKeyring(stateDir, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function inWords(keys: readonly Key[]): string {
  const [first, ...older] = keys;
  if (!first)
    return 'off: tasks and results are stored as plain text. To encrypt: bga config new-encryption-key';
  const others = older.length === 0 ? '' : `; ${older.map(({ id }) => id).join(', ')} only decrypt`;
  return `with key ${first.id} from ${first.source}${others}`;
}

export function compareKeys(keys: readonly Key[], workers: readonly string[]): Check {
  const name = "worker's encryption";
  const bad = (detail: string, fix: string) => ({ name, ok: false, detail, fix });
  const strange = strangeKey(keys, workers);
  if (strange)
    return bad(`the worker was started without key ${strange.id}, which BGA_ENCRYPTION_KEY sets here`, SHARE);
  const [itsFirst] = workers;
  if (itsFirst !== undefined && !keys.some(({ id }) => id === itsFirst))
    return bad(
      `the worker encrypts with key ${itsFirst}, which is not here: its results cannot be read`,
      SHARE,
    );
  if (itsFirst === undefined && keys.length > 0) {
    const detail =
      'the worker was started before there was a key: it leaves messages of failures as plain text';
    return bad(detail, 'Run: bga down && bga up');
  }
  return { name, ok: true, detail: itsFirst === undefined ? 'off' : 'the keys that are here', fix: '' };
}
