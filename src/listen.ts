/** A small HTTP server on an address of its own. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Address {
  host: string;
  /** 0 takes any that is free. */
  port: number;
}

export interface Listening {
  port: number;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 30_000;

export async function listen({ host, port }: Address, listener: RequestListener): Promise<Listening> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, listener);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}
