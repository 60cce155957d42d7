/** The one door to Temporal's client: connecting, deadlines, and what its errors mean to a user. */
import {
  Client,
  Connection,
  type ConnectionLike,
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { UserError } from './agents/errors';
import { lenient } from './codec/lenient';
import { type Endpoint, type Reason, whyUnreachable } from './whyUnreachable';

export interface TemporalTarget {
  address: string;
  namespace: string;
  /** For mutual TLS and Temporal Cloud. */
  connection?: Pick<ClientConnectConfig['connectionOptions'], 'tls' | 'apiKey' | 'metadata'>;
  /** How payloads are compressed and encrypted; absent only where none are read or written. */
  dataConverter?: DataConverter;
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
        throw notLetIn(target, error) ?? (isUnreachable(error) ? unreachable(target, error) : error);
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

/** gRPC's own codes: the package that names them is not a direct dependency. */
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof ServiceError && isGrpcServiceError(error.cause) ? error.cause.code : undefined;
}

/**
 * Somebody who answers that these calls do not exist is no Temporal server, but a proxy or another service. A busy server
 * cancels a call at the deadline that it was told, a moment before the client notices; nobody here cancels any.
 */
function isUnreachable(error: unknown): boolean {
  const code = grpcCode(error);
  return [CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE, UNIMPLEMENTED].includes(code ?? 0);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || grpcCode(error) === NOT_FOUND;
}

const USUAL_FIX =
  'Start the local service with `bga up`, or check TEMPORAL_ADDRESS; `bga doctor` tells more.';

function unreachable(target: TemporalTarget, cause: unknown, reason?: Reason): UserError {
  const { why, fix = USUAL_FIX } = reason ?? {};
  const what = `Temporal at ${target.address} (namespace ${target.namespace}) cannot be reached.`;
  return new UserError('unreachable', [what, ...(why === undefined ? [] : [why]), fix].join(' '), { cause });
}

/** It is there, and does not know who asks. */
function notLetIn({ address, connection }: TemporalTarget, cause: unknown): UserError | undefined {
  if (grpcCode(cause) !== UNAUTHENTICATED) return undefined;
  const text = connection?.apiKey
    ? 'does not accept the API key: it may have expired, or be of another namespace. Set TEMPORAL_API_KEY anew, or "api_key" of the profile.'
    : 'wants to know who you are: set TEMPORAL_API_KEY, or "api_key" of the profile in temporal.toml.';
  return new UserError('unreachable', `Temporal at ${address} ${text}`, { cause });
}

function endpointOf({ address, connection }: TemporalTarget): Endpoint {
  return { address, tls: connection?.tls ?? connection?.apiKey !== undefined };
}
