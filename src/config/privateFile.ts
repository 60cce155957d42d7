/** Files with a secret: for their owner alone, bounded, and never half written. */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './error';
import { codeOf } from './readSmallFile';

/** How messages speak of what is in the file. */
export interface Secret {
  /** With its article, as in "the API key". */
  what: string;
  /** The command that writes the file anew. */
  setWith: string;
  maxBytes: number;
}

/**
 * What the file holds, and a byte more than the most it may hold; undefined when there is none.
 * @throws ConfigError for a file that others may read, and for what is no file.
 */
export function readPrivateFile(path: string, { what, setWith, maxBytes }: Secret): string | undefined {
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
      throw new ConfigError(`${path}: not a regular file. Remove it and run "${setWith}".`);
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new ConfigError(`${path}: other users may read ${what}. Run: chmod 600 ${shellQuote(path)}`);
    }
    const buffer = Buffer.alloc(maxBytes + 1);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Written beside it and moved into place: a reader sees the old secret or the new one, never half of one. */
export function writePrivateFile(path: string, text: string, { what }: Pick<Secret, 'what'>): void {
  const folder = dirname(path);
  const temporary = `${path}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new ConfigError(`${path}: ${what} cannot be written (${codeOf(error)}).`, { cause: error });
  }
}

function shellQuote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
