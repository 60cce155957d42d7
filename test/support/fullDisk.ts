/** A small file system of its own, and how to fill it. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';

export interface SmallDisk {
  unmount(): void;
}

/** 64 MB in that folder; undefined where nobody may mount: it takes Linux and root. */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder]);
  return { unmount: () => void execFileSync('umount', ['-l', folder]) };
}

/** Takes every byte that is left, also those that were freed since the last time. */
export function fill(filler: string): void {
  const file = openSync(filler, 'a');
  for (let size = 1 << 20; size >= 512; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size /= 2;
    }
  }
  closeSync(file);
}
