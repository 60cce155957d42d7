/** Log files: appended to by several processes, so they are cut by copy and truncate, never renamed under a writer. */
import fs from 'node:fs';

/** Of each log, and of the one older generation that is kept of each. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;
/** A crash of the server's may print the stacks of hundreds of goroutines behind its reason. */
const TAIL_BYTES = 128 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Cuts a log that has grown over its bound, and says whether it did. Writers go on at its new end. */
export function trimLog(file: string, maxBytes = MAX_LOG_BYTES): boolean {
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= maxBytes) return false;
  try {
    copyTail(file, `${file}.1`, maxBytes);
  } catch {
    // No space for a copy: the bound matters more than old lines, which are in the way as well.
    fs.rmSync(`${file}.1`, { force: true });
  }
  fs.truncateSync(file);
  return true;
}

/** Whoever floods a log has written more than is kept by the time it is looked at. */
function copyTail(from: string, to: string, maxBytes: number): void {
  const source = fs.openSync(from, 'r');
  const target = fs.openSync(to, 'w', 0o600);
  try {
    const { size } = fs.fstatSync(source);
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, maxBytes));
    for (let at = size - maxBytes; at < size; ) {
      const length = fs.readSync(source, buffer, 0, Math.min(buffer.length, size - at), at);
      if (length === 0) return;
      fs.writeSync(target, buffer, 0, length);
      at += length;
    }
  } finally {
    fs.closeSync(source);
    fs.closeSync(target);
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
