/** Whether a file is a Temporal binary that runs here, and which server is in it. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { programFolders } from '../programFolders';
import { parseServerVersion } from './version';

export interface ServerBinary {
  path: string;
  /** Version of the server in it. */
  version: string;
  source: 'configured' | 'PATH' | 'cache' | 'running' | 'download' | 'go';
}

/** A way that did not lead to a binary. */
export interface Attempt {
  way: string;
  why: string;
}

/** A program that is broken, for another machine or something else of the same name is passed over, and said. */
export async function accept(
  file: string,
  source: ServerBinary['source'],
  env: NodeJS.ProcessEnv,
  attempts: Attempt[],
): Promise<ServerBinary | undefined> {
  const probed = await probe(file, env);
  if ('version' in probed) return { path: file, version: probed.version, source };
  attempts.push({ way: source, why: `${file}: ${probed.why}` });
  return undefined;
}

export function probe(file: string, env: NodeJS.ProcessEnv): Promise<{ version: string } | { why: string }> {
  return new Promise((resolve) => {
    execFile(file, ['--version'], { env, timeout: 15_000 }, (error, stdout) => {
      const version = parseServerVersion(stdout);
      if (version) resolve({ version });
      else
        resolve({ why: error ? `it does not run (${error.message.trim()})` : 'it is not the Temporal CLI' });
    });
  });
}

export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return programFolders(env.PATH)
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
