/** A long-running helper program: its output is shown while it runs, it is bounded in time, and it ends with its caller. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const TICK_MS = 1_000;
const KEPT_LINES = 20;

export interface Command {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  timeoutMs: number;
  /** Told each line; what it does not call worth keeping is not quoted when the program fails. */
  onLine?: (line: string) => 'keep' | 'drop';
  /** Called every second; a text ends the program at once, and is why. */
  watch: (elapsedMs: number) => string | undefined;
}

export type CommandResult = { ok: true } | { ok: false; why: string };

export async function runCommand(command: Command): Promise<CommandResult> {
  const { program, args, env, cwd, timeoutMs, onLine = () => 'keep' } = command;
  const startedMs = Date.now();
  // The guard leads a group of its own: everything that the program starts ends with it.
  const guard = spawn(process.execPath, [path.join(__dirname, 'guard-main.js'), program, ...args], {
    env,
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });

  const lines: string[] = [];
  for (const stream of [guard.stdout, guard.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '' || onLine(line) === 'drop') return;
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    });
  }
  let stopped: string | undefined;
  const tick = () => {
    const elapsedMs = Date.now() - startedMs;
    const overdue = elapsedMs > timeoutMs ? `gave up after ${Math.round(timeoutMs / 1000)} s` : undefined;
    stopped ??= overdue ?? command.watch(elapsedMs);
    if (stopped !== undefined) endGroup(guard);
  };
  const timer = setInterval(tick, TICK_MS);
  tick();
  try {
    return await new Promise<CommandResult>((resolve) => {
      guard.once('error', (error) => resolve({ ok: false, why: error.message }));
      // Killed itself, it leaves the program behind.
      guard.once('exit', (code) => code === null && endGroup(guard));
      guard.once('close', (code, signalName) => {
        if (code === 0 && stopped === undefined) resolve({ ok: true });
        else resolve({ ok: false, why: stopped ?? failure(code, signalName, lines) });
      });
    });
  } finally {
    clearInterval(timer);
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

function failure(code: number | null, signalName: string | null, lines: string[]): string {
  const end = code === null ? `ended by ${signalName}` : `ended with code ${code}`;
  const last = lines.slice(-3).join(' | ');
  return last === '' ? end : `${end}: ${last}`;
}
