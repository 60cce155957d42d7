import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';

// Neither exists on Windows, where Node leaves the constant out.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const NON_BLOCK = constants.O_NONBLOCK ?? 0;

/** Opens for reading without following a link in the last component, and without waiting for a FIFO's writer. */
export function openForReading(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | NO_FOLLOW | NON_BLOCK);
}

/**
 * Where an open descriptor really is: checking this, not the path that was asked for, leaves no moment between
 * check and use. `undefined`: it is nowhere any more.
 */
export async function realPathOf(handle: FileHandle, path: string): Promise<string | undefined> {
  return process.platform === 'linux' ? pathInProc(handle) : pathByIdentity(handle, path);
}

async function pathInProc(handle: FileHandle): Promise<string | undefined> {
  const path = await readlink(`/proc/self/fd/${handle.fd}`);
  const { nlink } = await handle.stat();
  // A file of that very name may exist: only the link count tells that this one is gone.
  return nlink === 0 && path.endsWith(' (deleted)') ? undefined : path;
}

/** Where there is no /proc: the path's real path, when it still leads to the very file that is open. */
export async function pathByIdentity(handle: FileHandle, path: string): Promise<string | undefined> {
  const real = await realpath(path);
  const [opened, found] = await Promise.all([handle.stat({ bigint: true }), stat(real, { bigint: true })]);
  return opened.dev === found.dev && opened.ino === found.ino ? real : undefined;
}
