/** Ports that `bga worker` answers on, where they are asked for. */
import type { Address, Listening } from '../listen';

/** By default only this machine may ask: what is said there names queues. */
export const LOOPBACK = '127.0.0.1';

export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Undefined without the option. */
export async function portOption(option: string, port: unknown): Promise<number | undefined> {
  if (port === undefined) return undefined;
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw await invalid(`${option}-port: expected a number from 0 (any that is free) to 65535. See --help.`);
}

/** @throws UserError that names the option whose port cannot be had. */
export async function served(
  option: string,
  address: Address,
  start: (address: Address) => Promise<Listening>,
): Promise<Served> {
  const { host } = address;
  const server = await start(address).catch(async (error: unknown) => {
    throw await invalid(
      `${option}-port: cannot listen on ${host}:${address.port} (${error instanceof Error ? error.message : error}). Choose another, or ${option}-host.`,
    );
  });
  return { url: `http://${host}:${server.port}`, close: server.close };
}

async function invalid(text: string): Promise<Error> {
  const { UserError } = await import('../agents/errors');
  return new UserError('invalid', text);
}
