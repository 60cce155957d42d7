/** The built `bga` as a process of its own: its streams while it runs, signals, and a terminal where one is needed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BGA, type CommandResult, cleanEnv, runBga, until } from '../support/product';

export interface RunningBga {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves when a stream holds the text. */
  shows(text: string | RegExp): Promise<void>;
  ended: Promise<CommandResult>;
}

export interface Place {
  env: NodeJS.ProcessEnv;
  workspace: string;
  /** Of a terminal, where one is needed. */
  rows?: number;
}

export function startBga({ env, workspace }: Place, ...args: string[]): RunningBga {
  return watch(spawn(process.execPath, [BGA, ...args], { env, cwd: workspace }));
}

/** Under a pseudo-terminal of 100 columns; what is written to its stdin is typed. Both streams come as stdout. */
export function startInTerminal({ env, workspace, rows = 24 }: Place, ...args: string[]): RunningBga {
  const command = [
    `stty cols 100 rows ${rows};`,
    'exec',
    process.execPath,
    BGA,
    ...args.map((arg) => `'${arg}'`),
  ].join(' ');
  const terminal = { ...env, TERM: 'xterm', SHELL: '/bin/bash', NO_COLOR: '' };
  return watch(spawn('script', ['-qefc', command, '/dev/null'], { env: terminal, cwd: workspace }));
}

const started: ChildProcess[] = [];

/** What a test that failed has left behind. */
export function endAll(): void {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
}

function watch(child: ChildProcess): RunningBga {
  started.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async shows(text) {
      const has = (all: string) => (typeof text === 'string' ? all.includes(text) : text.test(all));
      await until(() => has(stdout) || has(stderr)).catch(() => {
        throw new Error(`Never showed ${text}:\n${stdout}\n${stderr}`);
      });
    },
    ended: new Promise((resolve) => {
      child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    }),
  };
}

export interface Home extends Place {
  home: string;
  bga(...args: string[]): Promise<CommandResult>;
  remove(): Promise<void>;
}

/** A new user: an empty home, an empty workspace, and nothing started. */
export function newHome(extra: Record<string, string> = {}): Home {
  const folder = mkdtempSync(join(tmpdir(), 'bga-cli-'));
  const home = join(folder, 'home');
  const workspace = mkdtempSync(join(folder, 'workspace-'));
  const env = cleanEnv(home, { XDG_CONFIG_HOME: join(folder, 'config'), ...extra });
  const bga: Home['bga'] = (...args) => runBga(env, workspace, ...args);
  return {
    env,
    home,
    workspace,
    bga,
    remove: async () => {
      await bga('down');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
