/** Log files: appended to by several processes, so they are cut by copy and truncate, never renamed under a writer. */
import fs from 'node:fs';

const MAX_LOG_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

/** Keeps one older generation. Writers have the file open for appending and go on at its new end. */
export function trimLog(file: string, maxBytes = MAX_LOG_BYTES): void {
  try {
    if (fs.statSync(file).size <= maxBytes) return;
    fs.copyFileSync(file, `${file}.1`);
    fs.truncateSync(file);
  } catch {
    // No file yet, or no space for the copy: starting matters more than the log.
  }
}

/** The last lines of a log; empty when there is none. */
export function tailLog(file: string, lineCount = 12): string {
  try {
    const descriptor = fs.openSync(file, 'r');
    try {
      const { size } = fs.fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      const bytesRead = fs.readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-lineCount).join('\n');
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
