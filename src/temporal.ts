/** The one door to Temporal's client: connecting, and calls with deadlines. What goes wrong there is put into words in `temporalErrors.ts`. */
import { Client, Connection, type ConnectionLike } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { lenient } from './codec/lenient';
import { explained, notLetIn, unreachable } from './temporalErrors';
import { type Endpoint, whyUnreachable } from './whyUnreachable';

export interface TemporalTarget {
  address: string;
  namespace: string;
  /** For mutual TLS and Temporal Cloud. */
  connection?: Pick<ClientConnectConfig['connectionOptions'], 'tls' | 'apiKey' | 'metadata'>;
  /** How payloads are compressed and encrypted; absent only where none are read or written. */
  dataConverter?: DataConverter;
  /** The service of this machine; absent: a cluster. */
  isLocal?: true;
  /** Whether what is written now is encrypted; absent: it is not. */
  encrypts?: () => boolean;
}

/** Nobody should wait longer than ten seconds to learn that the server is not there. */
const REACH_TIMEOUT_MS = 8_000;
/** Less than that, because the program has to start and to end as well. */
const CONNECT_TIMEOUT_MS = 6_000;

export interface Temporal {
  client: Client;
  /** The same, for reading lists: a memo that cannot be decrypted is `Unreadable`, and does not fail the others. */
  lister: Client;
  target: TemporalTarget;
  /** Runs calls with a deadline, and turns "not there" into an error that names the address. */
  call<T>(fn: () => Promise<T>, timeoutMs?: number): Promise<T>;
  close(): Promise<void>;
}

export async function connectTemporal(target: TemporalTarget): Promise<Temporal> {
  const connection = await Connection.connect({
    ...target.connection,
    ...(isLoopback(target.address) ? { channelArgs: { 'grpc.enable_http_proxy': 0 } } : {}),
    address: target.address,
    connectTimeout: CONNECT_TIMEOUT_MS,
  }).catch(async (error: unknown) => {
    throw notLetIn(target, error) ?? unreachable(target, error, await whyUnreachable(endpointOf(target)));
  });
  return temporalOver(connection, target);
}

/** The same over a connection that is already there, as a worker's own. */
export function temporalOver(connection: ConnectionLike & Closable, target: TemporalTarget): Temporal {
  const { namespace, dataConverter = {} } = target;
  const client = new Client({ connection, namespace, dataConverter });
  const payloadCodecs = dataConverter.payloadCodecs?.map(lenient) ?? [];
  return {
    client,
    lister: new Client({ connection, namespace, dataConverter: { ...dataConverter, payloadCodecs } }),
    target,
    call: async (fn, timeoutMs = REACH_TIMEOUT_MS) => {
      try {
        return await client.withDeadline(Date.now() + timeoutMs, fn);
      } catch (error) {
        throw explained(target, error) ?? error;
      }
    },
    close: () => connection.close(),
  };
}

interface Closable {
  close(): Promise<void>;
}

/** A proxy configured for the internet (`http_proxy`) does not know this machine's own services. */
function isLoopback(address: string): boolean {
  return /^(127\.|localhost:|\[::1\])/.test(address);
}

function endpointOf({ address, connection }: TemporalTarget): Endpoint {
  return { address, tls: connection?.tls ?? connection?.apiKey !== undefined };
}
