/** A child of the supervisor, with its output appended to a log file. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import fs from 'node:fs';
import { identify, type ProcessRef } from './process';

export interface ChildSpec {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  logFile: string;
  /** Gives the child an IPC channel. */
  ipc: boolean;
}

export interface Child {
  process: ChildProcess;
  /** Absent when it could not be started, or ended at once. */
  ref: ProcessRef | undefined;
  /** Resolves with how it ended; never rejects. */
  exited: Promise<string>;
}

/** Synchronous up to the identity of the child, so that it can be written down before anything else happens. */
export function startChild(spec: ChildSpec): Child {
  const log = fs.openSync(spec.logFile, 'a', 0o600);
  try {
    const stdio: StdioOptions = spec.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log];
    const child = spawn(spec.program, spec.args, { env: spec.env, cwd: spec.cwd, stdio });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started (${error.message})`));
      child.once('exit', (code, signalName) =>
        resolve(code === null ? `was ended by ${signalName}` : `ended with code ${code}`),
      );
    });
    return { process: child, ref: child.pid === undefined ? undefined : identify(child.pid), exited };
  } finally {
    fs.closeSync(log);
  }
}
