/** The official download, by Temporal's SDK, in a process of its own: it can be ended, and it has no time-out of its own. */
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command';
import type { Progress } from './options';

const TIMEOUT_MS = 15 * 60_000;
/** A network that swallows packets gives no error; by then a working one has begun to send. */
const FIRST_BYTE_MS = 20_000;
const STALL_MS = 30_000;

export interface DownloadOptions {
  env: NodeJS.ProcessEnv;
  /** Empty folder of the caller. */
  workDir: string;
  version: string;
}

export async function downloadBinary(
  { env, workDir, version }: DownloadOptions,
  progress: Progress,
): Promise<{ file: string } | { why: string }> {
  const file = path.join(workDir, `temporal-${version}`);
  let last = { bytes: 0, atMs: 0 };
  const result = await runCommand({
    program: process.execPath,
    args: [path.join(__dirname, 'download-main.js'), workDir, version],
    env,
    cwd: workDir,
    timeoutMs: TIMEOUT_MS,
    watch: (elapsedMs) => {
      if (fs.existsSync(file)) return 'done';
      const bytes = sizeOf(`${file}.downloading`);
      if (bytes > last.bytes) last = { bytes, atMs: elapsedMs };
      progress({
        kind: 'download',
        text: downloadText(version, bytes),
        elapsedSeconds: Math.round(elapsedMs / 1000),
      });
      return stalled(last, elapsedMs);
    },
  });
  // The SDK renames the finished file, so its presence alone is success.
  if (fs.existsSync(file)) return { file };
  return { why: result.ok ? 'the SDK left no file' : result.why };
}

export function stalled(last: { bytes: number; atMs: number }, elapsedMs: number): string | undefined {
  if (last.bytes === 0) return elapsedMs > FIRST_BYTE_MS ? 'the network does not answer' : undefined;
  return elapsedMs - last.atMs > STALL_MS ? `stalled after ${last.bytes} bytes` : undefined;
}

function downloadText(version: string, bytes: number): string {
  const amount = bytes > 0 ? `: ${Math.round(bytes / 1e6)} MB so far` : '';
  return `downloading Temporal ${version}, about a minute, once${amount}`;
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
