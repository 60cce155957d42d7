/** A long-running helper program: its last line is shown while it runs, and it is bounded in time. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const TICK_MS = 1_000;
const KEPT_LINES = 20;

export interface Command {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  timeoutMs: number;
  /** Called every second; a text ends the program at once, and is why. */
  watch: (running: { elapsedMs: number; lastLine: string }) => string | undefined;
}

export type CommandResult = { ok: true } | { ok: false; why: string };

export async function runCommand(command: Command): Promise<CommandResult> {
  const { program, args, env, cwd, timeoutMs } = command;
  const startedMs = Date.now();
  const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  // Whoever asked for this has gone: nobody would use the result.
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);

  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '') return;
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    });
  }
  let stopped: string | undefined;
  const tick = () => {
    const elapsedMs = Date.now() - startedMs;
    const overdue = elapsedMs > timeoutMs ? `gave up after ${Math.round(timeoutMs / 1000)} s` : undefined;
    stopped ??= overdue ?? command.watch({ elapsedMs, lastLine: lines.at(-1) ?? '' });
    if (stopped !== undefined) child.kill('SIGKILL');
  };
  const timer = setInterval(tick, TICK_MS);
  tick();
  try {
    return await new Promise<CommandResult>((resolve) => {
      child.once('error', (error) => resolve({ ok: false, why: error.message }));
      child.once('close', (code, signalName) => {
        if (code === 0 && stopped === undefined) resolve({ ok: true });
        else resolve({ ok: false, why: stopped ?? failure(code, signalName, lines) });
      });
    });
  } finally {
    clearInterval(timer);
    process.off('exit', killOnExit);
  }
}

function failure(code: number | null, signalName: string | null, lines: string[]): string {
  const end = code === null ? `ended by ${signalName}` : `ended with code ${code}`;
  const last = lines.slice(-3).join(' | ');
  return last === '' ? end : `${end}: ${last}`;
}
