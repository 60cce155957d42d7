/** What the figures depend on besides the code. */
import { execFileSync } from 'node:child_process';
import os from 'node:os';

export interface Circumstances {
  date: string;
  commit: string;
  machine: string;
  cores: number;
  /** Runnable processes in the last minute, at the start: other work on the machine. */
  loadAverage: number;
  node: string;
  temporalServer: string;
}

export function circumstances(): Omit<Circumstances, 'temporalServer'> {
  const cpus = os.cpus();
  const memoryGb = Math.round(os.totalmem() / 1024 ** 3);
  return {
    date: new Date().toISOString(),
    commit: commit(),
    machine: `${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${memoryGb} GB, ${os.type()} ${os.release()}`,
    cores: cpus.length,
    loadAverage: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
    node: process.version,
  };
}

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const changed = git('status', '--porcelain').trim() !== '';
    return `${git('rev-parse', '--short', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}
