/** `GET /metrics`, in the text format of Prometheus. */
import { type Address, type Listening, listen } from '../listen';
import type { Collector } from './collector';

export function startMetricsServer(
  address: Address,
  { registry, drain }: Pick<Collector, 'registry' | 'drain'>,
): Promise<Listening> {
  return listen(address, async ({ method, url = '' }, response) => {
    const send = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
      response.end(method === 'HEAD' ? undefined : text);
    };
    if (method !== 'GET' && method !== 'HEAD') return send(405, 'Use GET.\n');
    if (url.split('?')[0] !== '/metrics') return send(404, 'There is only /metrics.\n');
    try {
      drain();
      send(200, await registry.metrics(), registry.contentType);
    } catch (error) {
      send(500, `${error instanceof Error ? error.message : error}\n`);
    }
  });
}
