/** A server of Node's with a bound on everything that a client may take its time for. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { UserError } from '../../agents/errors';
import type { HttpSettings } from '../../config/config';
import { codeOf } from '../../config/readSmallFile';
import type { Log } from '../../log/log';
import type { Gate } from './gate';
import { refusal, send } from './reply';

/** How often Node looks for those that are late. */
const LATE_LOOK_MS = 500;
/** Beyond those that are answered; further ones are dropped. */
const SPARE_CONNECTIONS = 100;

export interface Listener {
  listen(port: number): Promise<number>;
  connections(): number;
  /** What is idle at once, everything else as well. */
  close(): Promise<void>;
}

export function createListener(settings: HttpSettings, gate: Gate, log: Log): Listener {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveMs, maxConnections } = settings;
  const server = createServer(
    {
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: LATE_LOOK_MS,
    },
    (request, response) => {
      gate(request, response).catch((error: unknown) => {
        log('error', String(error));
        if (response.headersSent) response.destroy();
        else void send(response, refusal(500, 'The request failed; the log of this server tells more.'));
      });
    },
  );
  server.maxConnections = maxConnections + SPARE_CONNECTIONS;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    listen: (port) => listen(server, settings.host, port),
    connections: () => sockets.size,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UserError('invalid', whyNot(error, host, port), { cause: error });
  }
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

function whyNot(error: unknown, host: string, port: number): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} is taken, perhaps by a bga mcp --http that runs already. Choose another with --port.`;
    case 'EACCES':
      return `Port ${port} may not be used. Choose one above 1023 with --port.`;
    default:
      return `${host} is no address of this machine to listen on (${codeOf(error)}). Choose another with --host.`;
  }
}
