/** A configuration file of somebody else: read whole, written whole or not at all, and otherwise as it was. */
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../config/error';
import { codeOf } from '../config/readSmallFile';

/** Claude Code keeps histories in its own. */
const MAX_BYTES = 64 * 1024 * 1024;
const MOST_LINKS = 40;
const BOM = '\ufeff';

/** The text; undefined when there is no such file. */
export function readText(path: string): string | undefined {
  let descriptor: number;
  try {
    // Non-blocking, so that a FIFO under this name hangs nobody.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new ConfigError(`${path}: cannot be read (${codeOf(error)}).`, { cause: error });
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new ConfigError(`${path}: not a regular file.`);
    if (stats.size > MAX_BYTES) throw new ConfigError(`${path}: too large for a configuration file.`);
    return decoded(path, readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function decoded(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new ConfigError(`${path}: not UTF-8 text. It was left as it is.`, { cause: error });
  }
}

/** Editors on Windows put one in front; parsers stumble over it. */
export function splitBom(text: string): { bom: string; rest: string } {
  return text.startsWith(BOM) ? { bom: BOM, rest: text.slice(1) } : { bom: '', rest: text };
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where a chain of links leads, also when nothing is there yet. */
export function followLinks(path: string): string {
  let now = resolve(path);
  for (let links = 0; links < MOST_LINKS; links += 1) {
    if (!lstatSync(now, { throwIfNoEntry: false })?.isSymbolicLink()) return now;
    now = resolve(dirname(now), readlinkSync(now));
  }
  throw new ConfigError(`${path}: a symbolic link that leads nowhere.`);
}

/** Folders that were made for it, outermost first. */
export function foldersToMake(file: string): string[] {
  const missing: string[] = [];
  for (let folder = dirname(file); !statSync(folder, { throwIfNoEntry: false }); folder = dirname(folder))
    missing.unshift(folder);
  return missing;
}

/** Beside it and moved into place, with the mode that it had: a client sees the old text or the new one. */
export function writeText(file: string, text: string): void {
  const temporary = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const mode = (statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o7777;
    const descriptor = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new ConfigError(`${file}: cannot be written (${codeOf(error)}). It was left as it is.`, {
      cause: error,
    });
  }
}

/** Folders that are not empty stay. */
export function removeText(file: string, folders: readonly string[]): void {
  rmSync(file, { force: true });
  for (const folder of [...folders].reverse()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}
