/** Payloads as the remote codec protocol has them: protobuf's JSON, in which bytes are base64. */
import type { Payload } from '@temporalio/common';
import { z } from 'zod';

const bytes = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

const body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), bytes).optional(), data: bytes.optional() }))
    .optional(),
});

/** Undefined for what is no such body. */
export function payloadsOf(json: string): Payload[] | undefined {
  try {
    const { payloads = [] } = body.parse(JSON.parse(json));
    return payloads.map(({ metadata = {}, data = new Uint8Array() }) => ({ metadata, data }));
  } catch {
    return undefined;
  }
}

export function jsonOf(payloads: readonly Payload[]): string {
  return JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      ),
      data: Buffer.from(data ?? []).toString('base64'),
    })),
  });
}
