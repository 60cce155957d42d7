/** Where the local service keeps what it writes. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalServiceError } from './options';

const APP = 'background-agents';

export interface LocalPaths {
  stateDir: string;
  stateFile: string;
  portsFile: string;
  lockDir: string;
  clientsDir: string;
  /** Held by the caller that puts another service in the place of the running one. */
  replacingDir: string;
  supersededFile: string;
  database: string;
  databaseVersion: string;
  logsDir: string;
  supervisorLog: string;
  serverLog: string;
  workerLog: string;
}

/** `BGA_HOME` moves everything; otherwise the XDG state directory. */
export function stateDirOf(env: NodeJS.ProcessEnv): string {
  if (env.BGA_HOME) return path.resolve(env.BGA_HOME);
  return path.join(xdgDir(env.XDG_STATE_HOME, env, '.local', 'state'), APP);
}

/** Never below `BGA_HOME`: the binary weighs 250 MB and takes minutes to get, so all installations share it. */
export function cacheDirOf(env: NodeJS.ProcessEnv): string {
  return path.join(xdgDir(env.XDG_CACHE_HOME, env, '.cache'), APP);
}

/** XDG says that a relative path is invalid and must be ignored. */
function xdgDir(configured: string | undefined, env: NodeJS.ProcessEnv, ...fallback: string[]): string {
  return configured && path.isAbsolute(configured) ? configured : path.join(homeOf(env), ...fallback);
}

function homeOf(env: NodeJS.ProcessEnv): string {
  if (env.HOME) return path.resolve(env.HOME);
  try {
    const { homedir } = os.userInfo();
    if (homedir && homedir !== '/') return homedir;
  } catch {
    // A user id without an entry in the password file, as containers have.
  }
  return path.join(os.tmpdir(), `${APP}-${process.getuid?.() ?? 'user'}`);
}

/** A folder may have several names (symlinked parents); processes that share it must agree on one. */
export function localPaths(folder: string): LocalPaths {
  const stateDir = realPath(folder);
  const logsDir = path.join(stateDir, 'logs');
  const database = path.join(stateDir, 'temporal.db');
  return {
    stateDir,
    stateFile: path.join(stateDir, 'service.json'),
    portsFile: path.join(stateDir, 'ports.json'),
    lockDir: path.join(stateDir, 'service.lock'),
    clientsDir: path.join(stateDir, 'clients'),
    replacingDir: path.join(stateDir, 'replacing.lock'),
    supersededFile: path.join(stateDir, 'superseded.json'),
    database,
    databaseVersion: `${database}.version`,
    logsDir,
    supervisorLog: path.join(logsDir, 'supervisor.log'),
    serverLog: path.join(logsDir, 'server.log'),
    workerLog: path.join(logsDir, 'worker.log'),
  };
}

function realPath(dir: string): string {
  try {
    return fs.realpathSync(dir);
  } catch {
    return path.resolve(dir);
  }
}

/** Agents' conversations end up here: nobody else may read them. */
export function makePrivateDir(dir: string): void {
  try {
    makeStepByStep(dir);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LocalServiceError(
      'bad_folder',
      `The folder ${dir} cannot be made (${why}). Set BGA_HOME to a folder that you can write to.`,
    );
  }
}

/** Node's own recursive mkdir never returns below /proc. */
function makeStepByStep(dir: string): void {
  if (fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeStepByStep(parent);
  try {
    fs.mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another process was as quick.
    if (!fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** None where there is no such folder. */
export function namesIn(dir: string): string[] {
  try {
    return fs.readdirSync(dir);
  } catch {
    return [];
  }
}

/** A reader sees the old content or the new, never half of it. */
export function writeFileAtomically(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, text, { mode: 0o600 });
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}
