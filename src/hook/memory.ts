/**
 * What a Claude Code session was told, kept between its hooks: a folder for each session. An empty file stands for each
 * piece of news, and only who creates it tells it, so that two hooks at once tell it once; a name holds since when
 * things are news. Nothing is ever written into a file, so a crash leaves no half of one.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shortHash } from '../agents/ids';
import { makePrivateDir, namesIn } from '../local/paths';

/** As long as results are kept; a session that ended without a word, as by kill -9, is forgotten then. */
const KEPT_MS = 30 * 86_400_000;
/** Endings may show late, and clocks differ: what was told is remembered for so long beyond what is asked for again. */
const OVERLAP_MS = 600_000;
const SINCE = /^since-(\d{1,15})$/;
/** Waits are told once for as long as they last, which may be days. */
const WAIT = 'waits.';

export interface Memory {
  /** What ended before this is no news. */
  sinceMs: number;
  isTold(key: string): boolean;
  /** True for one caller alone, however many there are; false as well where nothing can be remembered. */
  claim(key: string): boolean;
  /** All there was is told: older marks may go, and those of waits that are over. */
  settle(openWaits: readonly string[], nowMs: number): void;
}

function foldersOf(stateDir: string): string {
  return join(stateDir, 'hooks');
}

export function openMemory(stateDir: string, sessionId: string, newSinceMs: number): Memory {
  const folder = join(foldersOf(stateDir), shortHash(sessionId));
  const known = sinceIn(folder);
  if (known === undefined) {
    forgetOld(foldersOf(stateDir), Date.now());
    makePrivateDir(folder);
    mark(folder, `since-${Math.floor(newSinceMs)}`);
  }
  return {
    sinceMs: sinceIn(folder) ?? newSinceMs,
    isTold: (key) => namesIn(folder).includes(key),
    claim: (key) => mark(folder, key),
    settle: (openWaits, nowMs) => settle(folder, openWaits, nowMs),
  };
}

export function forgetSession(stateDir: string, sessionId: string): void {
  rmSync(join(foldersOf(stateDir), shortHash(sessionId)), { recursive: true, force: true });
}

export function waitKey(agentId: string, question: string): string {
  return `${WAIT}${agentId}.${shortHash(question)}`;
}

/** Of several the newest: the one before is removed a moment later. */
function sinceIn(folder: string): number | undefined {
  const times = namesIn(folder).flatMap((name) => SINCE.exec(name)?.[1] ?? []);
  return times.length === 0 ? undefined : Math.max(...times.map(Number));
}

function mark(folder: string, name: string): boolean {
  try {
    writeFileSync(join(folder, name), '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

function settle(folder: string, openWaits: readonly string[], nowMs: number): void {
  for (const name of namesIn(folder))
    if (name.startsWith(WAIT) && !openWaits.includes(name)) rmSync(join(folder, name), { force: true });
  const sinceMs = nowMs - OVERLAP_MS;
  const before = sinceIn(folder);
  if (before === undefined || sinceMs - before < OVERLAP_MS || !mark(folder, `since-${sinceMs}`)) return;
  for (const name of namesIn(folder)) {
    const time = Number(SINCE.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
    // A mark is younger than the ending that it stands for.
    const isOld = time < sinceMs || (!name.startsWith(WAIT) && changedMs(join(folder, name)) < sinceMs);
    if (isOld) rmSync(join(folder, name), { force: true });
  }
}

function forgetOld(folders: string, nowMs: number): void {
  for (const name of namesIn(folders)) {
    const folder = join(folders, name);
    if (nowMs - changedMs(folder) > KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}

function changedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
