/** The same hostile messages over either transport: what is sent is a text, not an object that some JSON writer made harmless. */
import type { HttpServer } from './httpServer';
import type { RawMcp } from './support';

export interface Wire {
  name: string;
  /** The answer to the request of this id, parsed; undefined for an HTTP error without one. */
  ask(id: number, text: string): Promise<Record<string, unknown> | undefined>;
}

export const HELLO = (id: number) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  });

/** A call whose arguments are JSON text. */
export function callText(id: number, tool: string, args: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":${JSON.stringify(tool)},"arguments":${args}}}`;
}

export async function overStdio(raw: RawMcp): Promise<Wire> {
  const wire: Wire = {
    name: 'stdio',
    async ask(id, text) {
      raw.send(text);
      return raw.answerTo(id);
    },
  };
  await wire.ask(1, HELLO(1));
  raw.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return wire;
}

export async function overHttp({ url, token }: HttpServer): Promise<Wire> {
  const send = (text: string, session?: string) =>
    fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...(session === undefined ? {} : { 'mcp-session-id': session }),
      },
      body: text,
    });
  const begun = await send(HELLO(1));
  await begun.text();
  const session = begun.headers.get('mcp-session-id') ?? undefined;
  return {
    name: 'HTTP',
    async ask(_, text) {
      const response = await send(text, session);
      const body = await response.text();
      const data = body.split('\n').findLast((line) => line.startsWith('data: {'));
      const json = data?.slice('data: '.length) ?? body;
      return json.startsWith('{') ? Object(JSON.parse(json)) : undefined;
    },
  };
}
