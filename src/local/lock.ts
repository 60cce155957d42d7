/**
 * An exclusive lock between processes of one machine.
 *
 * The usual lock is one file, created exclusively; its weak point is the stale file of a dead process. Two processes
 * that both judge it stale may both delete it, and the second deletes the fresh lock of the first. Here nobody ever
 * deletes what could be another's fresh lock, because every claim has a name of its own:
 *
 * 1. A contender first creates its claim, named after its pid, its start time and a nonce, and then lists the others.
 * 2. It holds the lock if no other claim belongs to a living process. Otherwise it withdraws; if the other already
 *    holds the lock that is the answer, else (both are contenders) it tries again after a random pause.
 *
 * Claim before look means that of two contenders at least one sees the other, so two never hold the lock. The name of a
 * dead process's claim is never used again, so anybody may remove it at any time. Pid and start time together survive
 * pid reuse and reboots. Names alone carry the facts, so no reader meets a half-written file.
 *
 * Why no library: `proper-lockfile` (last release 2021) calls a lock stale when its file has not been touched for some
 * seconds, so a laptop that slept or a process under SIGSTOP loses a lock that it still believes in. `flock` and
 * `fcntl` locks, which the kernel would release, are not reachable from Node without a native addon.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateDir, namesIn } from './paths';
import { isAlive, type ProcessRef, thisProcess } from './process';

export interface Lock {
  held: true;
  /** False once somebody removed the folder: the next contender would get the lock too. */
  isIntact: () => boolean;
  release: () => void;
}
export type LockResult = Lock | { held: false; holder: ProcessRef };

interface Claim {
  name: string;
  process: ProcessRef;
}

const ROUNDS = 300;

export async function tryLock(dir: string): Promise<LockResult> {
  for (let round = 0; round < ROUNDS; round++) {
    const name = createClaim(dir);
    const rival = livingClaims(dir).find((claim) => claim.name !== name);
    if (!rival) return hold(dir, name);
    withdraw(dir, name);
    const holder = lockHolder(dir);
    if (holder) return { held: false, holder };
    await sleep(5 + Math.random() * 45);
  }
  throw new Error(`No lock in ${dir} after ${ROUNDS} attempts; another process keeps claiming it.`);
}

/** The living process that holds the lock, if any. Contenders do not count. */
export function lockHolder(dir: string): ProcessRef | undefined {
  return livingClaims(dir).find((claim) => fs.existsSync(path.join(dir, `${claim.name}.held`)))?.process;
}

export function parseClaim(name: string): Claim | undefined {
  const match = /^(\d+)@([^@]+)@[0-9a-f]+$/.exec(name);
  const [, pid, started] = match ?? [];
  return pid && started ? { name, process: { pid: Number(pid), started } } : undefined;
}

function createClaim(dir: string): string {
  const { pid, started } = thisProcess();
  const name = `${pid}@${started}@${randomBytes(6).toString('hex')}`;
  for (;;) {
    makePrivateDir(dir);
    try {
      fs.writeFileSync(path.join(dir, name), '', { flag: 'wx', mode: 0o600 });
      return name;
    } catch (error) {
      // Whoever released the lock last removes the empty directory, perhaps just now.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

/** Lists the claims of living processes, and removes those of dead ones on the way. */
function livingClaims(dir: string): Claim[] {
  return namesIn(dir).flatMap((name) => {
    const claim = parseClaim(name);
    if (!claim) return [];
    if (isAlive(claim.process)) return [claim];
    withdraw(dir, name);
    return [];
  });
}

function hold(dir: string, name: string): LockResult {
  const mark = path.join(dir, `${name}.held`);
  fs.writeFileSync(mark, '', { mode: 0o600 });
  return { held: true, isIntact: () => fs.existsSync(mark), release: () => withdraw(dir, name) };
}

/** The mark goes first: a claim without a mark is a contender, a mark without a claim would be litter. */
function withdraw(dir: string, name: string): void {
  fs.rmSync(path.join(dir, `${name}.held`), { force: true });
  fs.rmSync(path.join(dir, name), { force: true });
  try {
    fs.rmdirSync(dir);
  } catch {
    // Other claims are in it.
  }
}
