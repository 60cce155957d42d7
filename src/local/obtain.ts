/** Fetches the Temporal binary into the cache: the official download first, else a build with Go. One caller at a time. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './command';
import { downloadBinary } from './download';
import { afterGoLine, GO_BUILD_BEGINS, goBuildText, isPackage } from './goBuild';
import { type Lock, tryLock } from './lock';
import type { BinaryOptions, Progress } from './options';
import { makePrivateDir } from './paths';
import { type Attempt, accept, findOnPath, type ServerBinary } from './probe';
import { thisProcess } from './process';
import { fetchingDir, sweepUnfinished } from './unfinished';

export interface ObtainOptions extends BinaryOptions {
  /** Where the binary belongs in the cache. */
  target: string;
  version: string;
}

const GO_BUILD_TIMEOUT_MS = 30 * 60_000;
const WAIT_TICK_MS = 1_000;

export async function obtainBinary(
  options: ObtainOptions,
  attempts: Attempt[],
  progress: Progress,
  fromCache: () => Promise<ServerBinary | undefined>,
): Promise<ServerBinary | undefined> {
  const lock = await waitForLock(options, progress);
  try {
    // Another caller may have fetched it while this one waited.
    if (fs.existsSync(options.target)) {
      const cached = await fromCache();
      if (cached) return cached;
    }
    return await fetchBinary(options, attempts, progress);
  } finally {
    lock.release();
  }
}

async function waitForLock(options: ObtainOptions, progress: Progress): Promise<Lock> {
  const startedMs = Date.now();
  for (;;) {
    const lock = await tryLock(`${path.dirname(options.target)}.lock`);
    if (lock.held) return lock;
    progress({
      kind: 'await_fetch',
      text: `waiting for process ${lock.holder.pid}, which is fetching Temporal: minutes, once`,
      elapsedSeconds: Math.round((Date.now() - startedMs) / 1000),
    });
    await sleep(WAIT_TICK_MS);
  }
}

async function fetchBinary(
  options: ObtainOptions,
  attempts: Attempt[],
  progress: Progress,
): Promise<ServerBinary | undefined> {
  const workDir = makeWorkDir(options.target);
  try {
    return (
      (await download(options, workDir, attempts, progress)) ??
      (await buildWithGo(options, workDir, attempts, progress))
    );
  } finally {
    fs.rmSync(workDir, { recursive: true, force: true });
  }
}

/** Beside the target, so that the final rename stays within one file system; those of interrupted callers are removed. */
function makeWorkDir(target: string): string {
  const cacheDir = path.dirname(path.dirname(target));
  const own = thisProcess();
  makePrivateDir(cacheDir);
  sweepUnfinished(cacheDir);
  const workDir = fetchingDir(cacheDir, own);
  // An earlier try of this very process.
  fs.rmSync(workDir, { recursive: true, force: true });
  makePrivateDir(workDir);
  return workDir;
}

async function download(
  options: ObtainOptions,
  workDir: string,
  attempts: Attempt[],
  progress: Progress,
): Promise<ServerBinary | undefined> {
  if (options.env.BGA_NO_DOWNLOAD === '1') {
    attempts.push({ way: 'download', why: 'switched off by BGA_NO_DOWNLOAD=1' });
    return undefined;
  }
  const result = await downloadBinary({ env: options.env, workDir, version: options.version }, progress);
  if ('file' in result) return install(result.file, 'download', options, attempts);
  attempts.push({ way: 'download', why: result.why });
  return undefined;
}

async function buildWithGo(
  options: ObtainOptions,
  workDir: string,
  attempts: Attempt[],
  progress: Progress,
): Promise<ServerBinary | undefined> {
  const go = findOnPath('go', options.env);
  if (!go) {
    attempts.push({ way: 'go', why: 'no "go" on the PATH' });
    return undefined;
  }
  let build = GO_BUILD_BEGINS;
  const result = await runCommand({
    program: go,
    args: ['install', '-v', `github.com/temporalio/cli/cmd/temporal@${options.version}`],
    // Without C the binary runs on every Linux, and for a user id without an entry in the password file.
    // What an interrupted build leaves in its temporary folder goes with ours.
    env: { ...options.env, GOBIN: workDir, GOTMPDIR: workDir, CGO_ENABLED: '0' },
    cwd: workDir,
    timeoutMs: GO_BUILD_TIMEOUT_MS,
    onLine: (line) => {
      build = afterGoLine(build, line);
      return isPackage(line) ? 'drop' : 'keep';
    },
    watch: (elapsedMs) => {
      const text = `building Temporal ${options.version} with Go, about three minutes, once: ${goBuildText(build)}`;
      progress({ kind: 'build', text, elapsedSeconds: Math.round(elapsedMs / 1000) });
      return undefined;
    },
  });
  if (result.ok) return install(path.join(workDir, 'temporal'), 'go', options, attempts);
  attempts.push({ way: 'go', why: result.why });
  return undefined;
}

/** What does not run is not installed; what is installed appears whole. */
async function install(
  file: string,
  source: 'download' | 'go',
  options: ObtainOptions,
  attempts: Attempt[],
): Promise<ServerBinary | undefined> {
  const accepted = await accept(file, source, options.env, attempts);
  if (!accepted) return undefined;
  makePrivateDir(path.dirname(options.target));
  fs.renameSync(file, options.target);
  return { ...accepted, path: options.target };
}
