/** Debian's PostgreSQL in a folder of its own, as its own user: it refuses to run as root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until';

const DEBIAN = '/usr/lib/postgresql';
const isRoot = process.getuid?.() === 0;

/** Undefined where it is not installed. */
export function findPostgres(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const folders = readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'postgres')));
}

export interface PostgresOptions {
  bin: string;
  /** Everybody may look into it, or the server's own user could not reach its data. */
  folder: string;
  port: number;
  user: string;
  password: string;
  /** Further arguments of the server. */
  settings: readonly string[];
}

export interface Postgres {
  start(): Promise<void>;
  /** At once, as a power cut: it has to recover from its log. */
  kill(): Promise<void>;
}

/** Its databases survive a kill: fsync is on, as it is by default. */
export function preparePostgres(options: PostgresOptions): Postgres {
  const { bin, folder, port, user, password } = options;
  const data = join(folder, 'postgres');
  const passwordFile = join(folder, 'postgres-password');
  mkdirSync(data);
  chmodSync(folder, 0o755);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const owner = isRoot ? execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).trim() : undefined;
  if (owner) execFileSync('chown', [owner, data, passwordFile]);
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    owner
      ? ['setpriv', ['--reuid', owner, '--regid', 'postgres', '--clear-groups', program, ...args]]
      : [program, [...args]];
  const initdb = ['-D', data, '-U', user, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8'];
  execFileSync(...as(join(bin, 'initdb'), [...initdb, '--no-locale', '--no-instructions']), {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
  });
  const log = openSync(join(folder, 'postgres.log'), 'a');
  const place = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''];
  let running: ChildProcess | undefined;
  return {
    async start() {
      await until(() => {
        // After a kill the processes of its connections have to end first; until then it refuses to start.
        if (!running || hasEnded(running))
          running = spawn(...as(join(bin, 'postgres'), [...place, ...options.settings]), {
            stdio: ['ignore', log, log],
            cwd: folder,
          });
        return isReady(bin, port, user);
      }, 60_000);
    },
    async kill() {
      const child = running;
      if (!child || hasEnded(child)) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function isReady(bin: string, port: number, user: string): boolean {
  try {
    execFileSync(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port), '-U', user]);
    return true;
  } catch {
    return false;
  }
}
