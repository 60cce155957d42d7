import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { cutToChars } from './text';

/** How much of a file is looked at; lines beyond it cannot be read, and are not counted. */
export const MAX_SCAN_BYTES = 10 * 1024 * 1024;
const MAX_LINE_CHARS = 2000;

const CHUNK_BYTES = 64 * 1024;
/** Git's rule: a file with a NUL in its first bytes is binary. */
const BINARY_PROBE_BYTES = 8000;
/** Enough for `MAX_LINE_CHARS` of any alphabet. */
const MAX_LINE_BYTES = MAX_LINE_CHARS * 4;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export interface LineRange {
  /** First line wanted, from 1. */
  from: number;
  /** Last line wanted, inclusive. */
  to: number;
  /** Of the lines wanted, together and with their numbers. */
  maxBytes: number;
}

export interface Excerpt {
  lines: string[];
  /** Lines seen in the whole file. */
  lineCount: number;
  /** How the scan ended: only after `end` is `lineCount` that of the file. */
  ended: 'end' | 'scan_limit' | 'binary' | 'aborted';
  /** What the reader should know of the lines shown. */
  quirks: { crlf: boolean; invalidUtf8: boolean; cutLines: boolean; endsWithoutNewline: boolean };
}

/** Reads the wanted lines and counts all of them, in bounded memory. */
export async function readLines(handle: FileHandle, range: LineRange, signal: AbortSignal): Promise<Excerpt> {
  const scan = new LineScan(range);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let offset = 0; ; ) {
    if (signal.aborted) return scan.finish('aborted');
    const room = Math.min(CHUNK_BYTES, MAX_SCAN_BYTES - offset);
    // One byte past the limit tells a file that ends there from one that goes on.
    const { bytesRead } = await handle.read(buffer, 0, Math.max(room, 1), offset);
    if (bytesRead === 0) return scan.finish('end');
    if (room <= 0) return scan.finish('scan_limit');
    const chunk = buffer.subarray(0, bytesRead);
    if (offset < BINARY_PROBE_BYTES && chunk.subarray(0, BINARY_PROBE_BYTES - offset).includes(0)) {
      return scan.finish('binary');
    }
    scan.push(chunk);
    offset += bytesRead;
  }
}

class LineScan {
  private readonly lines: string[] = [];
  private lineCount = 0;
  private leftBytes: number;
  private pieces: Buffer[] = [];
  private pieceBytes = 0;
  private lineBytes = 0;
  private readonly quirks = { crlf: false, invalidUtf8: false, cutLines: false, endsWithoutNewline: false };

  constructor(private readonly range: LineRange) {
    this.leftBytes = range.maxBytes;
  }

  push(chunk: Buffer): void {
    for (let start = 0; start < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline === -1 ? chunk.length : newline;
      this.extend(chunk.subarray(start, end));
      if (newline === -1) return;
      this.endLine();
      start = newline + 1;
    }
  }

  finish(ended: Excerpt['ended']): Excerpt {
    if (this.lineBytes > 0) {
      const before = this.lines.length;
      this.endLine();
      this.quirks.endsWithoutNewline = ended === 'end' && this.lines.length > before;
    }
    return { lines: this.lines, lineCount: this.lineCount, ended, quirks: this.quirks };
  }

  private extend(piece: Buffer): void {
    this.lineBytes += piece.length;
    const room = MAX_LINE_BYTES - this.pieceBytes;
    if (room <= 0 || piece.length === 0 || !this.isWanted(this.lineCount + 1)) return;
    // Copied, because the chunk's memory is read into again.
    const kept = Buffer.from(piece.subarray(0, room));
    this.pieces.push(kept);
    this.pieceBytes += kept.length;
  }

  private isWanted(line: number): boolean {
    return line >= this.range.from && line <= this.range.to && this.leftBytes > 0;
  }

  private endLine(): void {
    this.lineCount++;
    if (this.isWanted(this.lineCount)) this.keep(Buffer.concat(this.pieces));
    this.pieces = [];
    this.pieceBytes = 0;
    this.lineBytes = 0;
  }

  private keep(bytes: Buffer): void {
    const whole = bytes.length === this.lineBytes;
    const crlf = whole && bytes.at(-1) === CARRIAGE_RETURN;
    const text = bytes.toString('utf8', 0, bytes.length - (crlf ? 1 : 0)).replaceAll('\0', '\u2400');
    const cut = cutToChars(text, MAX_LINE_CHARS);
    const isCut = !whole || cut.length < text.length;
    const line = isCut ? `${cut}… (line cut: it has ${this.lineBytes} bytes)` : text;
    this.leftBytes -= Buffer.byteLength(`${this.lineCount}\t${line}\n`);
    // The first line is shown even when it alone is over: an answer without any line would lead nowhere.
    if (this.leftBytes < 0 && this.lines.length > 0) return;
    this.lines.push(line);
    this.quirks.crlf ||= crlf;
    this.quirks.cutLines ||= isCut;
    this.quirks.invalidUtf8 ||= whole && !isUtf8(bytes);
  }
}
