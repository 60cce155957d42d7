import { createServer, type Server } from 'node:net';

/**
 * Sees to it that a port is taken. Somebody else may have been quicker, such as the service of another test, which
 * looks for a free one as well: that is as good.
 */
export function takePort(port: number): Promise<Server> {
  const taker = createServer();
  return new Promise((resolve, reject) => {
    taker.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(taker);
      else reject(error);
    });
    taker.listen(port, '127.0.0.1', () => resolve(taker));
  });
}
