/** Temporal's remote codec: shows the Web UI, on this machine, what the keys of this user open. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Payload } from '@temporalio/common';
import { type Listening, listen } from '../listen';
import { admit, type Direction } from './admission';
import { jsonOf, payloadsOf } from './wire';

export type Transcode = (direction: Direction, payloads: Payload[]) => Promise<Payload[]>;

export interface CodecServerOptions {
  /** Address that it listens on; in a container another than the usual one. */
  host?: string;
  /** 0 takes any that is free. */
  port: number;
  token: string;
  /** Asked at each request: the local Web UI may have moved. */
  origins: () => readonly string[];
  transcode: Transcode;
}

const LOOPBACK = '127.0.0.1';
/** The Web UI asks for the payloads of an event, or of a page of them. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export function startCodecServer({
  host = LOOPBACK,
  port,
  ...options
}: CodecServerOptions): Promise<Listening> {
  return listen({ host, port }, (request, response) => {
    answer(request, response, options, request.socket.localPort ?? 0).catch(() => {
      // What went wrong may quote what it was about.
      if (!response.headersSent) send(response, 500, { message: 'It could not be transcoded.' });
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { token, origins, transcode }: Omit<CodecServerOptions, 'host' | 'port'>,
  port: number,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  const admission = admit({ method, url, headers }, { token, port, origins: origins() });
  response.setHeader('Vary', 'Origin');
  if (admission.kind === 'refused' && admission.status === 403)
    return send(response, 403, { message: admission.why });
  if (headers.origin !== undefined) allow(response, headers.origin);
  if (admission.kind === 'preflight') return send(response, 204);
  if (admission.kind === 'refused') return send(response, admission.status, { message: admission.why });
  const body = await read(request);
  if (body === undefined)
    return send(response, 413, { message: `At most ${MAX_BODY_BYTES} bytes are taken.` });
  const payloads = payloadsOf(body);
  if (!payloads) return send(response, 400, { message: 'Expected {"payloads": […]} in JSON.' });
  send(response, 200, jsonOf(await transcode(admission.direction, payloads)));
}

/** The headers that the Web UI sends, and its leave to reach this machine from a page of another network. */
function allow(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', 'POST, OPTIONS');
  response.setHeader(
    'Access-Control-Allow-Headers',
    'Content-Type, X-Namespace, Authorization, Authorization-Extras',
  );
  response.setHeader('Access-Control-Allow-Private-Network', 'true');
}

/** Undefined for one that is too long: it is read to its end, so that the answer is read as well, and not kept. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body?: string | { message: string }): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(typeof body === 'object' ? JSON.stringify(body) : body);
}
