/** The suite cannot be told a token: what it sends passes through here, and gets one. Nothing else is changed. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface Front {
  url: string;
  close(): Promise<void>;
}

export async function withToken(target: string, token: string): Promise<Front> {
  const { hostname, port, pathname } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request({
      hostname,
      port,
      method,
      path: url,
      headers: { ...headers, authorization: `Bearer ${token}` },
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}${pathname}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
