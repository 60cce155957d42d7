/** What the API really does and aimock cannot play: errors after the headers, stalls, odd blocks, broken bytes. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawRequest {
  /** How many requests came before this one. */
  index: number;
  headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  body: string;
}
export interface RawReply {
  status?: number;
  headers?: Record<string, string>;
  /** Sent one after the other; an object becomes a server-sent event, a string is sent as it is. */
  events?: ReadonlyArray<string | { type: string; [field: string]: unknown }>;
  /** Pause before each event. */
  eventDelayMs?: number;
  /** What follows the last event; default `end`. `reset` breaks the connection before anything is sent. */
  finish?: 'end' | 'stall' | 'cut' | 'reset';
  /** Told once the connection is over: whether it took the whole reply. */
  onClosed?(whole: boolean): void;
}
export interface RawServerOptions {
  /** Default true; a long run would keep every conversation many times over. */
  keepsRequests?: boolean;
}
export interface RawModelServer {
  url: string;
  requests: RawRequest[];
  /** Connections that the client has dropped. */
  dropped(): number;
  stop(): Promise<void>;
}

export async function startRawModelServer(
  reply: (request: RawRequest) => RawReply | Promise<RawReply>,
  { keepsRequests = true }: RawServerOptions = {},
): Promise<RawModelServer> {
  const requests: RawRequest[] = [];
  let dropped = 0;
  const server = createServer(async (incoming, response) => {
    response.on('close', () => {
      if (!response.writableFinished) dropped += 1;
    });
    const body = await text(incoming).catch(() => undefined);
    // The client was killed while it asked.
    if (body === undefined) return;
    const request = { index: requests.length, headers: incoming.headers, body };
    if (keepsRequests) requests.push(request);
    await send(response, await reply(request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    dropped: () => dropped,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function send(response: ServerResponse, reply: RawReply): Promise<void> {
  const { status = 200, headers = {}, events = [], eventDelayMs = 0, finish = 'end', onClosed } = reply;
  if (response.closed) return onClosed?.(false);
  response.once('close', () => onClosed?.(response.writableFinished));
  if (finish === 'reset') return void response.socket?.resetAndDestroy();
  response.writeHead(status, { 'content-type': 'text/event-stream', 'request-id': 'req_test', ...headers });
  response.flushHeaders();
  for (const event of events) {
    if (eventDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, eventDelayMs));
    if (response.destroyed) return;
    response.write(typeof event === 'string' ? event : sse(event));
  }
  if (finish === 'end') response.end();
  // A moment, so that what was written arrives before the connection breaks.
  if (finish === 'cut') setTimeout(() => response.destroy(), 20);
}

export function sse(event: { type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

type Event = { type: string; [field: string]: unknown };

export function messageStart(usage: Record<string, number> = { input_tokens: 10, output_tokens: 1 }): Event {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [],
    model: 'm',
    stop_reason: null,
    usage,
  };
  return { type: 'message_start', message };
}

export function textEvents(index: number, ...pieces: string[]): Event[] {
  return blockEvents(
    index,
    { type: 'text', text: '' },
    pieces.map((text) => ({ type: 'text_delta', text })),
  );
}

/** `pieces` are the argument text as it is streamed, valid or not. */
export function toolEvents(index: number, id: string, name: string, ...pieces: string[]): Event[] {
  return blockEvents(
    index,
    { type: 'tool_use', id, name, input: {} },
    pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  );
}

export function blockEvents(index: number, content_block: object, deltas: readonly object[] = []): Event[] {
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

export function messageEnd(
  stop_reason: string,
  usage: Record<string, number> = { output_tokens: 5 },
): Event[] {
  return [
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
}

export function errorEvent(type: string, message: string): Event {
  return { type: 'error', error: { type, message } };
}
