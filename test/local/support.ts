/** Homes for local services under test: each in a folder of its own, with all that it started stopped at the end. */
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LocalOptions } from '../../src/local';
import { isAlive, type ProcessRef } from '../../src/local/process';

/** As built: the supervisor and the download are processes of their own, so they exist as files only there. */
export const local: typeof import('../../src/local') = require('../../dist/src/local');

const FIXTURES = path.join(__dirname, 'fixtures');
const homes: string[] = [];

export function makeDir(name = 'home'): string {
  const dir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), `bga-${name}-`));
  homes.push(dir);
  return dir;
}

export async function cleanUp(): Promise<void> {
  for (const home of homes.splice(0)) {
    await local.stopService(home);
    fs.rmSync(home, { recursive: true, force: true });
  }
}

export function serviceOptions(stateDir: string, changes: Partial<LocalOptions> = {}): LocalOptions {
  const preferredPort = randomInt(20_000, 28_000);
  return {
    stateDir,
    cacheDir: local.cacheDirOf(process.env),
    env: { ...process.env },
    workerCommand: workerCommand('good'),
    namespace: 'agents-test',
    searchAttributes: { AgentType: 'Keyword', AgentCostUsd: 'Double', AgentCreatedAt: 'Datetime' },
    preferredPort,
    preferredUiPort: preferredPort + 1_000,
    ...changes,
  };
}

export function workerCommand(mode: 'good' | 'crash' | 'deaf' | 'mendable' | 'flood'): string[] {
  return [process.execPath, path.join(FIXTURES, 'worker.js'), mode];
}

export const ensureScript = path.join(FIXTURES, 'ensure.js');

export function writeProgram(dir: string, name: string, body: string): string {
  const file = path.join(dir, name);
  fs.writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return file;
}

/** A program that passes for the Temporal CLI as far as its version goes. */
export function fakeTemporal(serverVersion: string): string {
  return `echo "temporal version 9.9.9 (Server ${serverVersion}, UI 2.0.0)"`;
}

/** On a busy machine a process outlives its kill by some milliseconds. */
export async function killNow(ref: ProcessRef): Promise<void> {
  process.kill(ref.pid, 'SIGKILL');
  await until('killed', () => (isAlive(ref) ? undefined : true));
}

export async function until<T>(what: string, probe: () => T | undefined, timeoutMs = 30_000): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const value = probe();
    if (value !== undefined) return value;
    if (Date.now() > deadlineMs) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
