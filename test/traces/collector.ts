/** A collector of traces on loopback: it takes OTLP over HTTP as JSON, from the real exporter. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const value = z
  .object({
    stringValue: z.string(),
    intValue: z.coerce.number(),
    doubleValue: z.number(),
    boolValue: z.boolean(),
    arrayValue: z.object({ values: z.array(z.object({ stringValue: z.string() })) }),
  })
  .partial();
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value: given }) => [key, plain(given)])));
/** In ms, to the hundredth: nanoseconds since 1970 are more than a number holds. */
const nanos = z.coerce.number().transform((ns) => Math.round(ns / 1e4) / 100);
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
});
const body = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

function plain(given: z.output<typeof value>): unknown {
  if (given.arrayValue) return given.arrayValue.values.map(({ stringValue }) => stringValue);
  return given.stringValue ?? given.intValue ?? given.doubleValue ?? given.boolValue;
}

export interface Collected extends z.output<typeof span> {
  resource: Record<string, unknown>;
}

export interface Collector {
  url: string;
  /** All spans so far, in order of arrival. */
  spans(): Collected[];
  /** Headers of the requests so far. */
  headers(): Record<string, unknown>[];
  stop(): void;
}

export async function startCollector(port = 0): Promise<Collector> {
  const spans: Collected[] = [];
  const headers: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = body.parse(await json(request));
    headers.push(request.headers);
    for (const { resource, scopeSpans } of resourceSpans)
      for (const scope of scopeSpans)
        spans.push(...scope.spans.map((each) => ({ ...each, resource: resource.attributes })));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans: () => [...spans],
    headers: () => [...headers],
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
