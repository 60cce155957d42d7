import { z } from 'zod';
import { RecordSplitter } from './records';

/** One matching line as ripgrep's --json tells it. */
interface Match {
  path: Buffer;
  line: number;
  text: Buffer;
  /** Where in `text` the first match begins. */
  startByte: number;
}

/** A match whose line is too long to be told is named by its path alone. */
export type MatchEvent = Match | { path: Buffer; tooLong: true };

const NEWLINE = 10;
/** A record holds the whole line and every match in it. A minified bundle fits; more would only cost memory. */
const MAX_RECORD_BYTES = 1024 * 1024;

// What is not UTF-8 comes as base64.
const bytes = z.union([
  z.object({ text: z.string() }).transform(({ text }) => Buffer.from(text)),
  z.object({ bytes: z.string() }).transform((data) => Buffer.from(data.bytes, 'base64')),
]);
const record = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), data: z.object({ path: bytes }) }),
  z.object({
    type: z.literal('match'),
    data: z.object({
      path: bytes,
      lines: bytes,
      line_number: z.number(),
      submatches: z.array(z.object({ start: z.number() })),
    }),
  }),
  z.object({ type: z.enum(['end', 'summary', 'context']) }),
]);

/** Reads ripgrep's JSON stream; feed it stdout. */
export class MatchReader {
  private readonly splitter: RecordSplitter;
  private path: Buffer = Buffer.alloc(0);

  constructor(private readonly onMatch: (event: MatchEvent) => 'more' | 'enough') {
    this.splitter = new RecordSplitter(NEWLINE, MAX_RECORD_BYTES, (line) => this.read(line));
  }

  push(chunk: Buffer): 'more' | 'enough' {
    return this.splitter.push(chunk);
  }

  private read(line: Buffer | undefined): 'more' | 'enough' {
    // Only a match can be that long, and it belongs to the file that began last.
    if (line === undefined) return this.onMatch({ path: this.path, tooLong: true });
    const parsed = record.parse(JSON.parse(line.toString()));
    if (parsed.type === 'begin') this.path = parsed.data.path;
    if (parsed.type !== 'match') return 'more';
    const { path, lines, line_number, submatches } = parsed.data;
    return this.onMatch({ path, line: line_number, text: lines, startByte: submatches[0]?.start ?? 0 });
  }
}
