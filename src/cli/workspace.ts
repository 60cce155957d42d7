/** The directory that a command is about. */
import { type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../agents/errors';

export function workspaceOf(named: string | undefined): string {
  return resolve(currentDirectory(), named ?? '.');
}

/** Looked at before anything is started for it. */
export function requireDirectory(workspace: string): void {
  const stats = look(workspace);
  if (stats?.isDirectory()) return;
  throw new UserError(
    'invalid',
    stats
      ? `Workspace "${workspace}" is a file, not a directory. Pass the directory that holds it.`
      : `Workspace "${workspace}" does not exist. Pass the path of an existing directory with -C.`,
  );
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    const text = 'The current directory does not exist any more. Change to one that does.';
    throw new UserError('invalid', text, { cause: error });
  }
}

/** Undefined for what is not there, also below a file or a folder that may not be entered. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
