/** For readers of many things, as of a list: what cannot be read says so, and does not hide the rest. */
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { UnreadableError } from './errors';

/** Stands in the place of a value that cannot be read. */
export interface Unreadable {
  unreadable: string;
}

export function lenient(codec: PayloadCodec): PayloadCodec {
  return {
    encode: (payloads) => codec.encode(payloads),
    decode: (payloads) => Promise.all(payloads.map((payload) => tried(codec, payload))),
  };
}

async function tried(codec: PayloadCodec, payload: Payload): Promise<Payload> {
  try {
    const [decoded = payload] = await codec.decode([payload]);
    return decoded;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const inItsPlace: Unreadable = { unreadable: error.message };
    return defaultPayloadConverter.toPayload(inItsPlace);
  }
}
