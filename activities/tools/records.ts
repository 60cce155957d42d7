/** Cuts a stream into records at a delimiter, holding at most `maxBytes` of one, whatever arrives. */
export class RecordSplitter {
  private pieces: Buffer[] = [];
  private heldBytes = 0;
  private tooLong = false;

  constructor(
    private readonly delimiter: number,
    private readonly maxBytes: number,
    /** `undefined` stands for a record that was too long to hold. */
    private readonly onRecord: (record: Buffer | undefined) => 'more' | 'enough',
  ) {}

  push(chunk: Buffer): 'more' | 'enough' {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(this.delimiter, start);
      this.hold(chunk.subarray(start, end === -1 ? chunk.length : end));
      if (end === -1) return 'more';
      if (this.onRecord(this.take()) === 'enough') return 'enough';
      start = end + 1;
    }
  }

  private hold(piece: Buffer): void {
    this.tooLong ||= this.heldBytes + piece.length > this.maxBytes;
    if (this.tooLong) this.pieces = [];
    else this.pieces.push(piece);
    this.heldBytes = this.tooLong ? 0 : this.heldBytes + piece.length;
  }

  private take(): Buffer | undefined {
    const record = this.tooLong ? undefined : Buffer.concat(this.pieces);
    this.pieces = [];
    this.heldBytes = 0;
    this.tooLong = false;
    return record;
  }
}
