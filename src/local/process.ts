/** Processes by identity, not by number: a pid alone may belong to somebody else by the time it is read again. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** `started` is opaque and is only compared: boot and start tick on Linux, the start time by `ps` elsewhere. */
export interface ProcessRef {
  pid: number;
  started: string;
}

export type StopResult = 'gone' | 'terminated' | 'killed' | 'stuck';

export function identify(pid: number): ProcessRef | undefined {
  const started = process.platform === 'linux' ? linuxStart(pid) : psStart(pid);
  return started === undefined ? undefined : { pid, started };
}

let own: ProcessRef | undefined;
export function thisProcess(): ProcessRef {
  own ??= identify(process.pid) ?? { pid: process.pid, started: 'unknown' };
  return own;
}

export function isAlive(ref: ProcessRef): boolean {
  return identify(ref.pid)?.started === ref.started;
}

/**
 * A zombie counts as dead: in a container process 1 may never reap the children it inherits, and they would seem alive
 * for ever. Not while threads of it are left, which still hold its ports and files. The name, second in the line, may
 * hold spaces and brackets, so fields are counted from the last bracket.
 */
export function startFromStat(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const threads = Number(fields[17]);
  if (state === 'X' || (state === 'Z' && threads <= 1)) return undefined;
  return fields[19];
}

function linuxStart(pid: number): string | undefined {
  try {
    const ticks = startFromStat(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return ticks === undefined ? undefined : `${bootId()}.${ticks}`;
  } catch {
    return undefined;
  }
}

let boot: string | undefined;
/** Start ticks count from the boot, so after another boot the same pair may be another process. */
function bootId(): string {
  if (boot === undefined) {
    try {
      boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
    } catch {
      boot = 'boot';
    }
  }
  return boot;
}

function psStart(pid: number): string | undefined {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const result = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', env });
  const line = (result.stdout ?? '').trim();
  if (line === '' || line.startsWith('Z')) return undefined;
  return line.replace(/^\S+\s+/, '').replace(/\W+/g, '_');
}

function signal(ref: ProcessRef, name: NodeJS.Signals): void {
  if (!isAlive(ref)) return;
  try {
    process.kill(ref.pid, name);
  } catch {
    // It ended between the check and the signal.
  }
}

async function waitUntilGone(ref: ProcessRef, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(ref)) {
    if (Date.now() >= deadline) return false;
    await sleep(25);
  }
  return true;
}

/** Asks, waits, then insists. A stopped process (SIGSTOP) does not hear the question, only the last word. */
export async function stopProcess(ref: ProcessRef, graceMs: number): Promise<StopResult> {
  if (!isAlive(ref)) return 'gone';
  signal(ref, 'SIGTERM');
  if (await waitUntilGone(ref, graceMs)) return 'terminated';
  signal(ref, 'SIGKILL');
  return (await waitUntilGone(ref, 5_000)) ? 'killed' : 'stuck';
}

/** Processes of this machine one of whose arguments is `argument`; used to find an orphan that nobody wrote down. */
export function findByArgument(argument: string): ProcessRef[] {
  const pids = process.platform === 'linux' ? linuxPidsWith(argument) : psPidsWith(argument);
  return pids.flatMap((pid) => (pid === process.pid ? [] : (identify(pid) ?? [])));
}

function linuxPidsWith(argument: string): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const args = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return args.includes(argument) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function psPidsWith(argument: string): number[] {
  const result = spawnSync('ps', ['-axww', '-o', 'pid=,args='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return (result.stdout ?? '').split('\n').flatMap((line) => {
    const pid = Number.parseInt(line, 10);
    return Number.isInteger(pid) && ` ${line} `.includes(` ${argument} `) ? [pid] : [];
  });
}
