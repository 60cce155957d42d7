/** What Temporal's errors mean to a user: which of them there are words for, and what to do about each. */
import {
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { UserError } from './agents/errors';
import type { TemporalTarget } from './temporal';
import type { Reason } from './whyUnreachable';

/** gRPC's own codes: the package that names them is not a direct dependency. */
export const grpcCodes = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** Of the error itself, or of the one that it was made of. */
export function grpcCode(error: unknown): number | undefined {
  return grpcError(error)?.code;
}

function grpcError(error: unknown): { code: number; details: string } | undefined {
  if (isGrpcServiceError(error)) return error;
  const made = error instanceof ServiceError || error instanceof UserError ? error.cause : undefined;
  return made === undefined ? undefined : grpcError(made);
}

export function isNotFound(error: unknown): boolean {
  return (
    error instanceof WorkflowNotFoundError ||
    (grpcCode(error) === grpcCodes.notFound && !(error instanceof NoNamespaceError))
  );
}

/** The cluster has no such namespace. */
export class NoNamespaceError extends UserError {
  override name = 'NoNamespaceError';
}

/** Undefined for what has to be told by whoever made the call, or by nobody. */
export function explained(target: TemporalTarget, error: unknown): UserError | undefined {
  return (
    notLetIn(target, error) ??
    notAllowed(target, error) ??
    noNamespace(target, error) ??
    notSetUp(target, error) ??
    (isUnreachable(error) ? unreachable(target, error) : undefined)
  );
}

/**
 * Somebody who answers that these calls do not exist is no Temporal server, but a proxy or another service. A busy server
 * cancels a call at the deadline that it was told, a moment before the client notices; nobody here cancels any.
 */
function isUnreachable(error: unknown): boolean {
  const { cancelled, deadlineExceeded, unavailable, unimplemented } = grpcCodes;
  const codes: readonly number[] = [cancelled, deadlineExceeded, unavailable, unimplemented];
  return codes.includes(grpcCode(error) ?? 0);
}

/** Its parts, for who shows them apart. */
export class UnreachableError extends UserError {
  override name = 'UnreachableError';

  constructor(
    readonly what: string,
    readonly fix: string,
    options: ErrorOptions & { more?: string },
  ) {
    super('unreachable', [what, fix, ...(options.more ? [options.more] : [])].join(' '), options);
  }
}

const LOCAL_FIX = 'Start the local service with `bga up`.';
const CLUSTER_FIX =
  'Check that it is up, and TEMPORAL_ADDRESS, or "address" of the profile in temporal.toml; without either, the local service is used.';

export function unreachable(
  { address, namespace, isLocal }: TemporalTarget,
  cause: unknown,
  { why, fix }: Partial<Reason> = {},
): UnreachableError {
  const what = `Temporal at ${address} (namespace ${namespace}) cannot be reached.${why === undefined ? '' : ` ${why}`}`;
  return fix === undefined
    ? new UnreachableError(what, isLocal ? LOCAL_FIX : CLUSTER_FIX, {
        cause,
        more: '`bga doctor` tells more.',
      })
    : new UnreachableError(what, fix, { cause });
}

/** It is there, and does not know who asks. */
export function notLetIn({ address, connection }: TemporalTarget, cause: unknown): UserError | undefined {
  if (grpcCode(cause) !== grpcCodes.unauthenticated) return undefined;
  const text = connection?.apiKey
    ? 'does not accept the API key: it may have expired, or be of another namespace. Set TEMPORAL_API_KEY anew, or "api_key" of the profile.'
    : 'wants to know who you are: set TEMPORAL_API_KEY, or "api_key" of the profile in temporal.toml.';
  return new UserError('unreachable', `Temporal at ${address} ${text}`, { cause });
}

/** It knows who asks. */
function notAllowed({ address, namespace }: TemporalTarget, cause: unknown): UserError | undefined {
  const { code, details = '' } = grpcError(cause) ?? {};
  if (code !== grpcCodes.permissionDenied) return undefined;
  const said = details === '' ? '' : ` (${details})`;
  return new UserError(
    'unreachable',
    `Temporal at ${address} does not allow you this in namespace ${namespace}${said}. ` +
      'Have its operator give you access, or use another API key (TEMPORAL_API_KEY), certificate or namespace (TEMPORAL_NAMESPACE).',
    { cause },
  );
}

function noNamespace({ address, namespace }: TemporalTarget, cause: unknown): UserError | undefined {
  const { code, details = '' } = grpcError(cause) ?? {};
  const told = code === grpcCodes.notFound && /^namespace\b.*\bnot found/i.test(details);
  if (!told && !(cause instanceof NamespaceNotFoundError)) return undefined;
  return new NoNamespaceError(
    'invalid',
    `Temporal at ${address} has no namespace "${namespace}". Create it with bga setup, or set TEMPORAL_NAMESPACE.`,
    { cause },
  );
}

/** The server's own words for an attribute that was never registered, at a start and in a query. */
const NO_ATTRIBUTE = /no mapping defined for search attribute|is not a valid search attribute/i;

function notSetUp({ address, namespace }: TemporalTarget, cause: unknown): UserError | undefined {
  const { code, details = '' } = grpcError(cause) ?? {};
  if (code !== grpcCodes.invalidArgument || !NO_ATTRIBUTE.test(details)) return undefined;
  return new UserError(
    'invalid',
    `Namespace "${namespace}" of Temporal at ${address} is not set up for agents (${details}). Run bga setup, or set TEMPORAL_NAMESPACE.`,
    { cause },
  );
}
