import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ConfigError } from './error';

const MAX_CONFIG_BYTES = 256 * 1024;

/**
 * The text of a configuration file; undefined when there is none.
 * Non-blocking and bounded: a FIFO, a device or a huge file under this name gives an error and never hangs.
 */
export function readSmallFile(path: string, options: { followLinks: boolean }): string | undefined {
  const descriptor = open(path, options.followLinks);
  if (descriptor === undefined) return undefined;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new ConfigError(`${path}: not a regular file. Replace or remove it.`);
    return decode(path, readBounded(path, descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string, followLinks: boolean): number | undefined {
  const noFollow = followLinks ? 0 : constants.O_NOFOLLOW;
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | noFollow);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP')
      throw new ConfigError(`${path}: a symbolic link, which is not followed. Use a file.`);
    throw new ConfigError(`${path}: cannot be read (${code}). Check its permissions.`, { cause: error });
  }
}

function readBounded(path: string, descriptor: number): Uint8Array {
  const buffer = new Uint8Array(MAX_CONFIG_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (read === 0) return buffer.subarray(0, length);
    length += read;
  }
  throw new ConfigError(`${path}: larger than ${MAX_CONFIG_BYTES / 1024} KB. That is no configuration file.`);
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    // The decoder drops a byte order mark by itself.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ConfigError(`${path}: not UTF-8 text.`, { cause: error });
  }
}

/** Of an error of the file system. (`instanceof` would miss one from another realm, as under jest.) */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}
