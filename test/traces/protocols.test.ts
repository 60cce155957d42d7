/** Each protocol of OTLP, and what the environment says of it, in a process of its own: OpenTelemetry reads its own variables. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/root';

const TRACES = join(ROOT, 'dist', 'src', 'traces', 'start.js');
const ENDING = {
  agentType: 'explore',
  provider: 'offline',
  session: 's',
  createdAtMs: 1,
  finishedAtMs: 2,
  progress: {
    turn: 1,
    toolCalls: 0,
    usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 },
  },
  outcome: { status: 'completed', reason: 'answered' },
  served: { tier: 'haiku', model: 'm' },
};
/** Says of one agent that it ended, and prints what it was warned of. */
const PROGRAM = `
  const { startTraces } = require(${JSON.stringify(TRACES)});
  startTraces(process.env, console.log).then(async (traces) => {
    traces?.ended('explore-1', ${JSON.stringify(ENDING)});
    await traces?.close();
    process.exit();
  });`;

interface Received {
  path: string | undefined;
  type: string | undefined;
  bytes: number;
}

const received: Received[] = [];
const note = (path: string | undefined, type: string | undefined, bytes: number) =>
  received.push({ path, type, bytes });
const http1 = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    note(request.url, request.headers['content-type'], bytes);
    response.end();
  });
});
const http2 = createHttp2();
http2.on('stream', (stream, headers) => {
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  stream.on('end', () => {
    note(headers[':path'], headers['content-type'], bytes);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    // An empty message.
    stream.end(Buffer.alloc(5));
  });
});

beforeAll(async () => {
  for (const server of [http1, http2]) await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => {
  http1.close();
  http2.close();
});

beforeEach(() => received.splice(0));

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
}

async function endOne(variables: Record<string, string>): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(http1), ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM], { env });
  return stdout;
}

const PROTOBUF = { path: '/v1/traces', type: 'application/x-protobuf', bytes: expect.any(Number) };

it('is http/protobuf unless said otherwise', async () => {
  expect(await endOne({})).toBe('');
  expect(received).toEqual([PROTOBUF]);
});

it('may be gRPC', async () => {
  expect(
    await endOne({ OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(http2), OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
  ).toBe('');
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  expect(received).toEqual([{ path, type: 'application/grpc', bytes: expect.any(Number) }]);
});

it('that there is not is told, and is no reason to send nothing', async () => {
  expect(await endOne({ OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier-pigeon' })).toContain(
    'OTEL_EXPORTER_OTLP_PROTOCOL is "carrier-pigeon", which is none of http/protobuf, http/json, grpc',
  );
  expect(received).toEqual([PROTOBUF]);
});

it('sends nothing that the sampler leaves out', async () => {
  expect(await endOne({ OTEL_TRACES_SAMPLER: 'always_off' })).toBe('');
  expect(received).toEqual([]);
});
