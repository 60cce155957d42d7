/** How much is taken at once and in a minute; what is over is told when to come again. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { later } from './reply';

export interface Limits {
  connection(): Response | undefined;
  request(caller: string): Promise<Response | undefined>;
  /** A request without a token that is accepted. */
  guess(address: string): Promise<Response | undefined>;
}

export interface LimitsOptions {
  requestsPerMinute: number;
  maxConnections: number;
  /** Now open. */
  connections: () => number;
}

const GUESSES_PER_MINUTE = 60;
const MINUTE_S = 60;
const CONNECTION_MS = 1_000;

export function createLimits({ requestsPerMinute, maxConnections, connections }: LimitsOptions): Limits {
  const requests = new RateLimiterMemory({ points: requestsPerMinute, duration: MINUTE_S });
  const guesses = new RateLimiterMemory({ points: GUESSES_PER_MINUTE, duration: MINUTE_S });
  return {
    connection: () =>
      connections() > maxConnections
        ? later(429, `${maxConnections} connections are open, as many as are allowed.`, CONNECTION_MS)
        : undefined,
    request: (caller) => consume(requests, caller, `More than ${requestsPerMinute} requests in a minute.`),
    guess: (address) => consume(guesses, address, 'Too many requests without a valid token.'),
  };
}

async function consume(
  limiter: RateLimiterMemory,
  key: string,
  message: string,
): Promise<Response | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (over) {
    if (!(over instanceof RateLimiterRes)) throw over;
    return later(429, message, over.msBeforeNext);
  }
}
