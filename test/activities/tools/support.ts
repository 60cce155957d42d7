import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openWorkspace, runTool, type ToolAnswer } from '../../../activities/tools';

export interface Box {
  /** The workspace, `ws` in a directory of its own. */
  root: string;
  /** The directory that holds the workspace: files here are outside. */
  outside: string;
  write(name: string, content?: string | Buffer): string;
  fifo(name: string): string;
  run(tool: string, input: unknown, signal?: AbortSignal): Promise<ToolAnswer>;
  remove(): void;
}

export function makeBox(): Box {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'bga-tools-')));
  const root = join(outside, 'ws');
  mkdirSync(root);
  const place = (name: string): string => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  return {
    root,
    outside,
    write(name, content = 'needle\n') {
      const path = place(name);
      writeFileSync(path, content);
      return path;
    },
    fifo(name) {
      const path = place(name);
      execFileSync('mkfifo', ['--', path]);
      return path;
    },
    async run(tool, input, signal = new AbortController().signal) {
      return runTool(tool, input, { workspace: await openWorkspace(root), signal });
    },
    remove: () => rmSync(outside, { recursive: true, force: true }),
  };
}

/** Runs as a user without rights, also where the tests run as root, whom no permission stops. */
export async function unprivileged<T>(use: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0 || !process.seteuid) return use();
  process.seteuid(65534);
  try {
    return await use();
  } finally {
    process.seteuid(0);
  }
}
