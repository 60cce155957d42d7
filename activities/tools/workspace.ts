import { opendir, realpath, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { inside, Workspace } from './door';
import { errorCode } from './refusal';
import { isSecretPath } from './secrets';

export { Workspace } from './door';

/** The directory cannot be a workspace; the message says why, and what to do. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';

  constructor(
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`Workspace ${JSON.stringify(path)} ${problem}`, options);
  }
}

export interface WorkspaceOptions {
  /** Directories that a workspace must lie in; absent means anywhere. */
  roots?: readonly string[];
}

/** @throws WorkspaceError */
export async function openWorkspace(path: string, options: WorkspaceOptions = {}): Promise<Workspace> {
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new WorkspaceError(path, 'is not an absolute path. Pass the absolute path of a directory.');
  }
  const root = await realDirectory(path);
  if (options.roots) await checkRoots(path, root, options.roots);
  if (isSecretPath(root)) {
    throw new WorkspaceError(path, 'is a place that usually holds secrets. Pass another directory.');
  }
  return new Workspace(root, path);
}

async function realDirectory(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if (!(await stat(root)).isDirectory()) {
      throw new WorkspaceError(path, 'is a file, not a directory. Pass the directory that holds it.');
    }
    // Tried, not asked: `access` would judge by the real user, and the effective one reads.
    await (await opendir(root)).close();
    await stat(`${root}/.`);
    return root;
  } catch (error) {
    if (error instanceof WorkspaceError) throw error;
    throw new WorkspaceError(path, problemOf(error), { cause: error });
  }
}

function problemOf(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist. Pass the absolute path of an existing directory.';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by the worker. Change its permissions, or pass another directory.';
    default:
      return `cannot be opened (${String(error)}). Pass another directory.`;
  }
}

async function checkRoots(path: string, root: string, roots: readonly string[]): Promise<void> {
  // A root that does not exist (any more) allows nothing, and is no reason to refuse the others.
  const real = await Promise.all(roots.map((allowed) => realpath(allowed).catch(() => undefined)));
  if (real.some((allowed) => allowed !== undefined && inside(allowed, root) !== undefined)) return;
  const list = roots.length === 0 ? 'none' : roots.map((allowed) => JSON.stringify(allowed)).join(', ');
  throw new WorkspaceError(
    path,
    `lies outside the allowed roots (${list}). Pass a directory inside one of them, or allow its root in the configuration.`,
  );
}
