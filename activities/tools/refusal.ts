import { types } from 'node:util';
import { display } from './text';

/** A failure the model can act on. Tools throw it, `runTool` turns it into an answer with `isError`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const SEE = 'Call list_files to see what is there.';

/** File errors that say something about the file, not about this machine: retrying them would not help. */
const FILE_ERRORS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `No such file or directory: ${path}. ${SEE}`,
  ENOTDIR: (path) => `No such file or directory: ${path} (a part of the path is not a directory). ${SEE}`,
  EACCES: (path) => `Permission denied: ${path}. The agent may not read it; go on without it.`,
  EPERM: (path) => `Permission denied: ${path}. The agent may not read it; go on without it.`,
  ELOOP: (path) =>
    `${path} cannot be opened: a symbolic link on the way leads in a circle, or appeared just now. ${SEE}`,
  ENAMETOOLONG: () => `The path is too long to exist. ${SEE}`,
  EISDIR: (path) => `${path} is a directory. Call list_files with this path to see what is in it.`,
  ENXIO: (path) => `${path} is a socket or a device, not a regular file. Go on without it.`,
  ENODEV: (path) => `${path} is a device, not a regular file. Go on without it.`,
  EINVAL: (path) => `${path} cannot be read as a regular file. Go on without it.`,
  EAGAIN: (path) => `${path} has nothing to read now. Go on without it.`,
  EIO: (path) => `Reading ${path} failed in the file system. Go on without it.`,
  ESTALE: (path) => `${path} vanished while it was read. ${SEE}`,
  EOVERFLOW: (path) => `${path} is too large to open. Go on without it.`,
};

/** The refusal for an error of the file system; any other error (out of descriptors, a bug) is handed back as it is. */
export function refusalFor(error: unknown, path: string): unknown {
  if (error instanceof Refusal) return error;
  const text = FILE_ERRORS[errorCode(error) ?? ''];
  return text ? new Refusal(text(display(path)), { cause: error }) : error;
}

/** `instanceof Error` would miss errors of Node's own modules where a test runner has a global scope of its own. */
export function errorCode(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
