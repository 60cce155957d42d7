/** A text as it would stand in Temporal, for somebody else to try to read. */
import { defaultPayloadConverter, type PayloadCodec } from '@temporalio/common';
import { damaged } from './errors';
import { jsonOf, payloadsOf } from './wire';

export async function writeSample(text: string, codecs: readonly PayloadCodec[] = []): Promise<string> {
  let payloads = [defaultPayloadConverter.toPayload(text)];
  for (const codec of codecs) payloads = await codec.encode(payloads);
  return jsonOf(payloads);
}

/** @throws MissingKeyError where it was encrypted with a key that is not here. */
export async function readSample(sample: string, codecs: readonly PayloadCodec[] = []): Promise<string> {
  let payloads = payloadsOf(sample) ?? [];
  for (const codec of [...codecs].reverse()) payloads = await codec.decode(payloads);
  const [payload] = payloads;
  if (!payload) throw damaged('sent', undefined);
  return String(defaultPayloadConverter.fromPayload(payload));
}
