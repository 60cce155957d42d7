import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A killed program with many threads reads as dead before the last of them has let go of its sockets. */
const DYING_MS = 5_000;
const PAUSE_MS = 50;

/**
 * Sees to it that a port is taken, and stays so. Somebody who holds on to it, such as the service of another test,
 * which looks for a free one as well, is as good; somebody who is dying is not.
 */
export async function takePort(port: number): Promise<Server> {
  const giveUpAt = Date.now() + DYING_MS;
  for (;;) {
    const taker = createServer();
    try {
      await once(taker.listen(port, '127.0.0.1'), 'listening');
      return taker;
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (Date.now() > giveUpAt) return taker;
      await delay(PAUSE_MS);
    }
  }
}

/** Errors of the system are not of the class that tests see as `Error`: Jest runs them in a realm of their own. */
function isTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}
