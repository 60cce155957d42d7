import fc from 'fast-check';
import { RecordSplitter } from '../../../activities/tools/records';

it('finds the same records however the stream is cut into chunks', () => {
  const part = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).map((byte) => byte || 1));
  fc.assert(
    fc.property(fc.array(part), fc.integer({ min: 1, max: 12 }), (parts, chunkBytes) => {
      const seen: (string | undefined)[] = [];
      const splitter = new RecordSplitter(0, 20, (record) => {
        seen.push(record?.toString('latin1'));
        return 'more';
      });
      const stream = Buffer.concat(parts.flatMap((bytes) => [bytes, Buffer.from([0])]));
      for (let at = 0; at < stream.length; at += chunkBytes)
        splitter.push(stream.subarray(at, at + chunkBytes));
      const expected = parts.map((bytes) =>
        bytes.length > 20 ? undefined : Buffer.from(bytes).toString('latin1'),
      );
      expect(seen).toEqual(expected);
    }),
  );
});

it('stops in the middle of a chunk once it has enough', () => {
  const seen: string[] = [];
  const splitter = new RecordSplitter(10, 20, (record) => {
    seen.push(String(record));
    return seen.length === 2 ? 'enough' : 'more';
  });
  expect(splitter.push(Buffer.from('a\nb\nc\n'))).toBe('enough');
  expect(seen).toEqual(['a', 'b']);
});
