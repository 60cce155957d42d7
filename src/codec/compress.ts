/** Compression of payloads, where it pays. */
import { promisify } from 'node:util';
import { deflate, deflateSync, inflate, inflateSync } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { damaged } from './errors';
import { bytesOf, ENCODINGS, encodingOf, payloadFrom, wrapped } from './payload';

/** Below it there is little to save, and the Web UI shows it as it is: tasks, details, reports of most agents. */
const WORTH_BYTES = 4_096;
/** What is not smaller by a tenth, as pictures and archives are not, stays as it is. */
const WORTH_RATIO = 0.9;
/** On source code and conversations, 8 KB to 1 MB: level 1 leaves 36–45 % at 11 µs a KB, 3 leaves 34–44 % at 14, 6 leaves 30–43 % at 20 to 31. */
const LEVEL = 3;
/** Half a millisecond of work. A thread costs an eighth of that to hand over, and keeps more from blocking the others. */
const SYNC_BYTES = 32_768;
/** More than any message to Temporal may hold (4 MB), and little enough to be unpacked by mistake or malice. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;

const inThread = { deflate: promisify(deflate), inflate: promisify(inflate) };

/** Decodes what was compressed before, also when it is told to compress no more. */
export function compressing(enabled: boolean): PayloadCodec {
  return {
    encode: (payloads) => Promise.all(payloads.map((payload) => compressed(payload, enabled))),
    decode: (payloads) => Promise.all(payloads.map(decompressed)),
  };
}

async function compressed(payload: Payload, enabled: boolean): Promise<Payload> {
  // Whatever already looks like the work of these codecs is wrapped once more, so that decoding gives it back as it was.
  const looksEncoded = Object.values<string>(ENCODINGS).includes(encodingOf(payload));
  if (!looksEncoded && !(enabled && mayPay(payload))) return payload;
  const bytes = bytesOf(payload);
  if (bytes.length > MAX_UNPACKED_BYTES) return payload;
  const packed = await pack(bytes);
  return looksEncoded || packed.length <= bytes.length * WORTH_RATIO
    ? wrapped(packed, { encoding: ENCODINGS.compressed })
    : payload;
}

function mayPay({ data }: Payload): boolean {
  return (data?.length ?? 0) >= WORTH_BYTES;
}

async function pack(bytes: Uint8Array): Promise<Buffer> {
  const options = { level: LEVEL };
  return bytes.length <= SYNC_BYTES ? deflateSync(bytes, options) : inThread.deflate(bytes, options);
}

async function decompressed(payload: Payload): Promise<Payload> {
  if (encodingOf(payload) !== ENCODINGS.compressed) return payload;
  const data = payload.data ?? new Uint8Array();
  try {
    return payloadFrom(await unpack(data));
  } catch (error) {
    throw damaged('compressed', error);
  }
}

async function unpack(bytes: Uint8Array): Promise<Buffer> {
  // Refuses what unpacks to more, without unpacking more.
  const options = { maxOutputLength: MAX_UNPACKED_BYTES };
  return bytes.length <= SYNC_BYTES ? inflateSync(bytes, options) : inThread.inflate(bytes, options);
}
