/**
 * Ports that this installation alone may use. Between the look for a free port and the server that listens there are seconds in
 * which another installation may find the same one free: then one server answers for both, and agents of one go to the workers of
 * the other. So whoever means to use a port holds the UDP port of the same number, which the system gives to one process, and takes
 * back when that ends, however it ends.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { codeOf } from '../config/readSmallFile';

export interface PortClaims {
  /** False when another installation has it. */
  claim(port: number): Promise<boolean>;
  /** Gives back all others. */
  keepOnly(ports: readonly number[]): void;
}

export function createPortClaims(host = '127.0.0.1'): PortClaims {
  const held = new Map<number, Socket>();

  return {
    async claim(port) {
      if (held.has(port)) return true;
      const socket = createSocket('udp4').unref();
      try {
        socket.bind({ port, address: host, exclusive: true });
        await once(socket, 'listening');
        held.set(port, socket);
        return true;
      } catch (error) {
        socket.close();
        // Where there is no UDP at all, nothing can be claimed, and nothing is lost.
        return codeOf(error) !== 'EADDRINUSE';
      }
    },
    keepOnly(ports) {
      for (const [port, socket] of held)
        if (!ports.includes(port)) {
          held.delete(port);
          socket.close();
        }
    },
  };
}
