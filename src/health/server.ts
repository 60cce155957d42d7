/** `/healthz` and `/readyz` for whoever runs a worker: an orchestrator of containers, a load balancer, a person. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Address, type Listening, listen } from '../listen';

export interface Readiness {
  ready: boolean;
  /** Why not. */
  reason?: string;
  [detail: string]: unknown;
}

export interface HealthOptions extends Address {
  readiness: () => Promise<Readiness>;
}

export function startHealthServer({ readiness, ...address }: HealthOptions): Promise<Listening> {
  return listen(address, (request, response) => {
    answer(request, response, readiness).catch((error: unknown) => {
      if (!response.headersSent) send(response, 500, { ready: false, reason: String(error) });
    });
  });
}

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  readiness: HealthOptions['readiness'],
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return send(response, 405, { error: 'Use GET.' });
  switch (url.split('?')[0]) {
    // That it answers is all there is to say: a worker that broke ends its process.
    case '/healthz':
      return send(response, 200, { alive: true });
    case '/readyz': {
      const state = await readiness();
      return send(response, state.ready ? 200 : 503, state);
    }
    default:
      return send(response, 404, { error: 'There is only /healthz and /readyz.' });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
