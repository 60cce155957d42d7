/**
 * Stands between stdin and the SDK's transport, which closes the connection, and so ends the session's agents, at a line of 10 MiB,
 * and drops without an answer what it cannot read. Lines that fit go through to the byte. Half a line at the end is none: its sender
 * is gone.
 */
import { Transform, type TransformCallback } from 'node:stream';
import { judge, judgeTooLong, type Verdict } from './judge';

/** As much as HTTP takes by default. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** Of a line that is longer, so much is kept from both its ends: an id is there. */
const EDGE_BYTES = 1_024;
const NEWLINE = 0x0a;

export class LineGuard extends Transform {
  private line: Buffer[] = [];
  private bytes = 0;
  private edges: { head: Buffer; tail: Buffer } | undefined;

  /** @param onRefused hears of every line that the server does not */
  constructor(private readonly onRefused: (verdict: Exclude<Verdict, { kind: 'pass' | 'skip' }>) => void) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.keep(chunk.subarray(from, end + 1));
      this.finish();
      from = end + 1;
    }
    if (from < chunk.length) this.keep(chunk.subarray(from));
    done();
  }

  private keep(part: Buffer): void {
    this.bytes += part.length;
    if (this.edges) this.edges.tail = lastOf(this.edges.tail, part);
    else this.line.push(part);
    if (this.edges || this.bytes <= MAX_LINE_BYTES) return;
    const soFar = Buffer.concat(this.line);
    // Copies: a view would keep all of it.
    this.edges = {
      head: Buffer.from(soFar.subarray(0, EDGE_BYTES)),
      tail: lastOf(Buffer.alloc(0), soFar),
    };
    this.line = [];
  }

  private finish(): void {
    const { edges } = this;
    const line = Buffer.concat(this.line);
    this.line = [];
    this.bytes = 0;
    this.edges = undefined;
    const verdict = edges
      ? judgeTooLong(edges.head.toString(), edges.tail.toString(), MAX_LINE_BYTES)
      : judge(line.toString());
    if (verdict.kind === 'pass') this.push(line);
    else if (verdict.kind !== 'skip') this.onRefused(verdict);
  }
}

function lastOf(before: Buffer, part: Buffer): Buffer {
  return Buffer.from(Buffer.concat([before, part.subarray(-EDGE_BYTES)]).subarray(-EDGE_BYTES));
}
