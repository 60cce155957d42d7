import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Entry } from './door';
import { secretGlobArguments } from './secrets';

/** Wall time of one run. A healthy run takes milliseconds; a FIFO called `.gitignore` would block ripgrep for ever. */
const DEADLINE_MS = 20_000;
/** Address space of one run: a device or a sparse giant called `.gitignore` would be read into memory whole. */
const MAX_MEMORY_KB = 1024 * 1024;
const MAX_STDERR_BYTES = 4096;
/** The descriptor under which the child finds the file it searches: the one that was checked, whatever its name leads to now. */
const TARGET_FD = 3;

export interface RipgrepOptions {
  args: readonly string[];
  /** Limits the run to files whose path below the directory matches; gitignore syntax. */
  glob?: string | undefined;
  includeIgnored?: boolean | undefined;
  signal: AbortSignal;
  deadlineMs?: number;
  /** Called with each piece of stdout; `enough` ends the run. */
  onOutput(chunk: Buffer): 'more' | 'enough';
}

/** `rejected`: ripgrep did not accept its arguments, and `message` is its own. `crashed`: it died of a signal, as on memory. */
export type RipgrepEnd =
  | { ended: 'complete' | 'enough' | 'aborted' | 'deadline' | 'crashed' }
  | { ended: 'rejected'; message: string };

/** Runs ripgrep below a directory or in a file, always bounded. @throws when it cannot be started. */
export async function ripgrep(target: Entry, options: RipgrepOptions): Promise<RipgrepEnd> {
  if (options.signal.aborted) return { ended: 'aborted' };
  return watch(start(target, options), options);
}

function start(target: Entry, options: RipgrepOptions): ChildProcess {
  const { file, args } = command([...FIXED_ARGUMENTS, ...scopeArguments(options), ...options.args, '--']);
  const spawnOptions: SpawnOptions = { env: cleanEnvironment(), windowsHide: true };
  if (target.kind === 'directory') {
    const cwd = descriptorPath(target, target.handle.fd);
    return spawn(file, [...args, './'], { ...spawnOptions, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  }
  const stdio: SpawnOptions['stdio'] = ['ignore', 'pipe', 'pipe', target.handle.fd];
  return spawn(file, [...args, descriptorPath(target, TARGET_FD)], { ...spawnOptions, stdio });
}

/** Through /proc the child reaches the very file or directory that was checked; elsewhere its real path must do. */
function descriptorPath(target: Entry, fd: number): string {
  return process.platform === 'linux' ? `/proc/self/fd/${fd}` : target.realPath;
}

const FIXED_ARGUMENTS: readonly string[] = [
  '--no-config',
  // A file that cannot be read is no reason to fail; what is left on stderr then is about the arguments.
  '--no-messages',
  // One thread instead of all cores: the same call gives the same answer, also when it is cut, and agents are many.
  '--sort=path',
  // A file that shrinks while it is mapped would kill ripgrep with SIGBUS.
  '--no-mmap',
  '--hidden',
  '--no-ignore-global',
  // An unpacked archive has no .git, and its .gitignore means the same.
  '--no-require-git',
];

/** Globs given later win, and ripgrep puts --iglob after --glob: nothing the model asks for brings a secret back. */
function scopeArguments({ glob, includeIgnored }: RipgrepOptions): string[] {
  // A glob overrides .gitignore, so one that matches everything would list what is ignored.
  const wanted = glob !== undefined && !/^[*/]+$/.test(glob) ? [`--glob=${glob}`] : [];
  return [
    ...(includeIgnored ? ['--no-ignore'] : []),
    ...wanted,
    '--iglob=!**/.git',
    ...secretGlobArguments(),
  ];
}

/** Nothing of the worker's environment: neither RIPGREP_CONFIG_PATH nor an API key. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const systemRoot = process.env.SystemRoot;
  return { LC_ALL: 'C.UTF-8', ...(systemRoot === undefined ? {} : { SystemRoot: systemRoot }) };
}

// Only a shell can lower a limit before ripgrep starts; `exec` keeps the process id, so a kill reaches ripgrep.
const LIMITED = `ulimit -c 0 2>/dev/null; ulimit -v ${MAX_MEMORY_KB} 2>/dev/null; exec "$0" "$@"`;

/** What the shell answers when it cannot execute a file, or find it. */
const NOT_STARTED: ReadonlySet<number> = new Set([126, 127]);

function command(args: readonly string[]): { file: string; args: readonly string[] } {
  const limited = process.platform === 'linux' && existsSync('/bin/sh');
  return limited
    ? { file: '/bin/sh', args: ['-c', LIMITED, ripgrepPath(), ...args] }
    : { file: ripgrepPath(), args };
}

/** `@vscode/ripgrep` is an ES module that only exports this path; looked up its way, it also works where `require` of one does not. */
function ripgrepPath(): string {
  const binary = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const fromPackage = createRequire(require.resolve('@vscode/ripgrep'));
  return fromPackage.resolve(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/${binary}`);
}

function watch(child: ChildProcess, options: RipgrepOptions): Promise<RipgrepEnd> {
  return new Promise((resolve, reject) => {
    let cause: 'enough' | 'aborted' | 'deadline' | undefined;
    let stderr = '';
    const stop = (why: typeof cause): void => {
      cause ??= why;
      child.kill('SIGKILL');
    };
    const onAbort = (): void => stop('aborted');
    const timer = setTimeout(() => stop('deadline'), options.deadlineMs ?? DEADLINE_MS);
    const release = (): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      try {
        if (cause === undefined && options.onOutput(chunk) === 'enough') stop('enough');
      } catch (error) {
        // Thrown in an event handler, it would end the whole worker.
        stop('enough');
        reject(error);
      }
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < MAX_STDERR_BYTES) stderr += chunk.toString();
    });
    child.on('error', (error) => {
      release();
      // No `code` of its own: a missing binary must not read as a missing file of the workspace.
      reject(new Error(`ripgrep cannot be started: ${error.message}`, { cause: error }));
    });
    child.on('close', (code) => {
      release();
      if (cause !== undefined) resolve({ ended: cause });
      else if (code !== null && NOT_STARTED.has(code))
        reject(new Error(`ripgrep cannot be started: ${stderr}`));
      else resolve(endOf(code, stderr.slice(0, MAX_STDERR_BYTES).trim()));
    });
  });
}

/** 0: found, 1: nothing found, 2: some files could not be read, or with a message: bad arguments. */
function endOf(code: number | null, stderr: string): RipgrepEnd {
  if (code === null || code > 2) return { ended: 'crashed' };
  return code === 2 && stderr !== '' ? { ended: 'rejected', message: stderr } : { ended: 'complete' };
}
