/** What the codec does to payloads. No server. */
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Payload } from '@temporalio/common';
import fc from 'fast-check';
import { MissingKeyError, UnreadableError } from '../../src/codec/errors';
import { lenient } from '../../src/codec/lenient';
import { codecsOf, encoding, jsonPayload, newKey, plain } from './support';

const [k1, k2, k3] = [newKey(), newKey(), newKey()];
const text = (bytes: number) => 'const value = compute(input); '.repeat(bytes / 30 + 1).slice(0, bytes);

describe('decoding gives back what was encoded', () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 1, max: 60_000 }).map((length) => new Uint8Array(Buffer.from(text(length)))),
    fc.integer({ min: 1, max: 60_000 }).map((length) => new Uint8Array(randomBytes(length))),
  );
  const encodings = ['json/plain', 'binary/null', 'binary/zlib', 'binary/encrypted', ''];
  const payload: fc.Arbitrary<Payload> = fc.record({
    metadata: fc
      .tuple(
        fc.constantFrom(...encodings),
        fc.dictionary(fc.stringMatching(/^[a-z-]{1,12}$/), fc.uint8Array({ maxLength: 20 }), { maxKeys: 3 }),
      )
      .map(([name, more]) => ({ ...more, encoding: new Uint8Array(Buffer.from(name)) })),
    data,
  });
  const keys = fc.subarray([k1, k2, k3]);

  it('for any payload, whether or not it is compressed, and with which keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(payload, { maxLength: 4 }),
        fc.boolean(),
        keys,
        async (all, compress, ring) => {
          const codec = codecsOf(compress, ...ring);
          const decoded = await codec.decode(await codec.encode(all));
          expect(decoded.map(plain)).toEqual(all.map(plain));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('also later, with other keys before its own and with other settings', async () => {
    await fc.assert(
      fc.asyncProperty(payload, fc.boolean(), keys, async (one, compress, before) => {
        const written = await codecsOf(compress, k1).encode([one]);
        const [read] = await codecsOf(!compress, ...before.filter((key) => key !== k1), k1).decode(written);
        expect(plain(read)).toEqual(plain(one));
      }),
      { numRuns: 100 },
    );
  });

  it('in one history: in the clear, with an old key, with a new one', async () => {
    const values = [jsonPayload('a'), jsonPayload('b'), jsonPayload('c')];
    const written = await Promise.all([
      codecsOf(true).encode([jsonPayload('a')]),
      codecsOf(true, k1).encode([jsonPayload('b')]),
      codecsOf(true, k2, k1).encode([jsonPayload('c')]),
    ]);
    const read = await codecsOf(true, k3, k2, k1).decode(written.flat());
    expect(read.map(plain)).toEqual(values.map(plain));
  });
});

describe('compression', () => {
  const codec = codecsOf(true);

  it.each([
    ['what is small', jsonPayload(text(3_000)), 'json/plain'],
    ['what hardly shrinks', { ...jsonPayload(''), data: randomBytes(50_000) }, 'json/plain'],
    ['a tool result', jsonPayload(text(8_000)), 'binary/zlib'],
    ['a long conversation', jsonPayload(text(900_000)), 'binary/zlib'],
  ])('of %s', async (_, payload, expected) => {
    const [encoded] = await codec.encode([payload]);
    expect(encoding(encoded)).toBe(expected);
    expect(encoded?.data?.length).toBeLessThanOrEqual(payload.data?.length ?? 0);
  });

  it('comes before encryption, which would leave nothing to compress', async () => {
    const [encoded] = await codecsOf(true, k1).encode([jsonPayload(text(100_000))]);
    expect(encoding(encoded)).toBe('binary/encrypted');
    expect(encoded?.data?.length).toBeLessThan(10_000);
  });

  it('unpacks no bomb, and says what it refused', async () => {
    const bomb = {
      metadata: { encoding: Buffer.from('binary/zlib') },
      data: deflateSync(Buffer.alloc(200 * 1024 * 1024)),
    };
    expect(bomb.data.length).toBeLessThan(250_000);
    await expect(codec.decode([bomb])).rejects.toThrow('This was compressed and cannot be read');
    await expect(codec.decode([{ ...bomb, data: Buffer.from('no zlib') }])).rejects.toThrow(UnreadableError);
  });

  it('packs nothing that it would refuse to unpack', async () => {
    const huge = jsonPayload('x'.repeat(17 * 1024 * 1024));
    expect(await codec.encode([huge])).toEqual([huge]);
  });
});

describe('encryption', () => {
  it('shows nothing of a payload but the id of the key', async () => {
    const [encoded] = await codecsOf(true, k1).encode([jsonPayload('CANARY')]);
    expect(Object.keys(encoded?.metadata ?? {}).sort()).toEqual(['encoding', 'encryption-key-id']);
    expect(Buffer.from(encoded?.metadata?.['encryption-key-id'] ?? []).toString()).toBe(k1.id);
    expect(Buffer.from(encoded?.data ?? []).toString('latin1')).not.toMatch(/CANARY|json/);
  });

  it('never writes the same twice', async () => {
    const [one, two] = await codecsOf(true, k1).encode([jsonPayload('a'), jsonPayload('a')]);
    expect(plain(one)).not.toEqual(plain(two));
  });

  it('names the key that is missing, and what to do', async () => {
    const written = await codecsOf(true, k1).encode([jsonPayload('a')]);
    const reading = codecsOf(true, k2).decode(written);
    await expect(reading).rejects.toThrow(MissingKeyError);
    await expect(reading).rejects.toThrow(`encrypted with key ${k1.id}, which is not here. Add that key to`);
    await expect(codecsOf(true).decode(written)).rejects.toThrow(MissingKeyError);
  });

  it('notices any change of what it wrote', async () => {
    const codec = codecsOf(true, k1);
    const [written] = await codec.encode([jsonPayload('a')]);
    const data = Buffer.from(written?.data ?? []);
    for (let at = 0; at < data.length; at += 1) {
      const changed = Buffer.from(data);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(codec.decode([{ ...written, data: changed }])).rejects.toThrow('damaged or tampered with');
    }
    for (const length of [0, 5, 12, 27, data.length - 1]) {
      const cut = { ...written, data: data.subarray(0, length) };
      await expect(codec.decode([cut])).rejects.toThrow('damaged or tampered with');
    }
  });

  it('repeats no strange key id that would be obeyed by a terminal', async () => {
    const metadata = {
      encoding: Buffer.from('binary/encrypted'),
      'encryption-key-id': Buffer.from('\u001b[31mred'),
    };
    await expect(codecsOf(true).decode([{ metadata, data: Buffer.alloc(50) }])).rejects.toThrow(
      'key (without a proper id)',
    );
  });
});

it('a reader of many things is told of what it cannot read, and reads the rest', async () => {
  const written = [
    ...(await codecsOf(true, k1).encode([jsonPayload('a')])),
    ...(await codecsOf(true, k2).encode([jsonPayload('b')])),
  ];
  const read = await lenient(codecsOf(true, k2)).decode(written);
  const values = read.map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()));
  expect(values).toEqual([{ unreadable: expect.stringContaining(k1.id) }, 'b']);
});
