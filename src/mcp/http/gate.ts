/** The way of a request from its head to the protocol: every refusal in its order, before anything of its body is read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import type { HttpSettings } from '../../config/config';
import { health, refuseStrangers, refuseTooLong, refuseUnknownPath } from './admission';
import type { Authenticate } from './authentication';
import type { Endpoint } from './endpoint';
import type { Exchanges } from './exchange';
import type { Issuer } from './issuer';
import type { Limits } from './limits';
import { later, refusal, send } from './reply';

export interface GateOptions {
  settings: HttpSettings;
  authenticate: Authenticate;
  issuer: Issuer | undefined;
  limits: Limits;
  exchanges: Exchanges;
  endpoint: Endpoint;
  isDraining: () => boolean;
}

export type Gate = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** About what a successor takes to come up. */
const DRAINING_MS = 5_000;

export function createGate(options: GateOptions): Gate {
  const { settings, authenticate, issuer, limits, exchanges, endpoint, isDraining } = options;

  async function admit(request: IncomingMessage): Promise<string | Response> {
    const head = headOf(request);
    if (!head) return refusal(400, 'That is no address of this server.');
    const answer =
      health(head, isDraining()) ??
      refuseStrangers(head, settings) ??
      issuer?.metadata(head) ??
      refuseUnknownPath(head);
    if (answer) return answer;
    if (isDraining()) return later(503, 'This server is about to end.', DRAINING_MS);
    const caller = limits.connection() ?? (await judged(head, request.socket.remoteAddress ?? ''));
    return (typeof caller === 'string' && refuseTooLong(head, settings.maxBodyBytes)) || caller;
  }

  /** Guessing is slowed down by the address it comes from, everything else by caller. */
  async function judged(head: Request, address: string): Promise<string | Response> {
    const caller = await authenticate(head);
    if (typeof caller === 'string') return (await limits.request(caller)) ?? caller;
    return (await limits.guess(address)) ?? caller;
  }

  return async (request, response) => {
    const admitted = await admit(request);
    if (typeof admitted !== 'string') return send(response, admitted);
    const kind = isStream(request) ? 'stream' : 'call';
    const exchange = exchanges.begin(admitted, response, kind);
    const handle = toNodeHandler(
      { fetch: (whole) => endpoint.fetch(whole, exchange) },
      { maxRequestBodySize: settings.maxBodyBytes },
    );
    const { method = 'GET', url = '/' } = request;
    await handle(Object.assign(request, { method, url }), response);
  };
}

/** It only listens, for as long as it likes. */
function isStream({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' || headers['mcp-method'] === 'subscriptions/listen';
}

/** The request without its body. Undefined for one that has no address, such as `OPTIONS *`. */
function headOf({ method = 'GET', url = '/', rawHeaders }: IncomingMessage): Request | undefined {
  try {
    const headers = new Headers();
    for (let at = 0; at + 1 < rawHeaders.length; at += 2)
      headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
    return new Request(new URL(url, 'http://localhost'), { method, headers });
  } catch {
    return undefined;
  }
}
