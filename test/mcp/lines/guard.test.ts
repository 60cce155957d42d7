/** Lines go through as they came, however they are cut into chunks; too long ones are never kept. */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { LineGuard } from '../../../src/mcp/lines/guard';

async function through(chunks: Iterable<Buffer>) {
  const answers: unknown[] = [];
  const guard = new LineGuard((refused) => answers.push(refused));
  const out: Buffer[] = [];
  for await (const chunk of Readable.from(chunks).pipe(guard)) out.push(chunk);
  return { text: Buffer.concat(out).toString(), answers };
}

const message = (id: number, text: string) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: 'x', params: { text } })}\n`;

it('passes messages to the byte, whatever the chunks, and leaves half a line out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary' })),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      async (texts, sizes) => {
        const whole = texts.map((text, id) => message(id, `${text}日本語`)).join('');
        const bytes = Buffer.from(`${whole}{"jsonrpc":"2.0","id":`);
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(await through(chunks)).toEqual({ text: whole, answers: [] });
      },
    ),
    { numRuns: 50 },
  );
});

it('answers what it leaves out, in order, and passes what is around it', async () => {
  const lines = [message(1, 'a'), '{\n', message(2, 'b'), '[]\n', '\n', message(3, 'c')];
  const { text, answers } = await through([Buffer.from(lines.join(''))]);
  expect(text).toBe(message(1, 'a') + message(2, 'b') + message(3, 'c'));
  expect(answers).toMatchObject([
    { answer: { error: { code: -32_700 } } },
    { answer: { error: { code: -32_600 } } },
  ]);
});

it('keeps nothing of a line of a gigabyte but its ends', async () => {
  const part = Buffer.alloc(1024 * 1024, 'x');
  let most = 0;
  function* chunks() {
    yield Buffer.from('{"jsonrpc":"2.0","method":"x","params":{"text":"');
    for (let count = 0; count < 1_024; count += 1) {
      yield part;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    yield Buffer.from(`"},"id":"the last"}\n${message(2, 'after it')}`);
  }
  const before = process.memoryUsage().arrayBuffers;
  const { text, answers } = await through(chunks());
  expect(text).toBe(message(2, 'after it'));
  expect(answers).toMatchObject([{ answer: { id: 'the last', error: { code: -32_600 } } }]);
  expect(most - before).toBeLessThan(200 * 1024 * 1024);
});
