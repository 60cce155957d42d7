/**
 * The one classifier: what an error of a model call means for the agent.
 * - `needs_person`: not retryable; the agent waits, says what to do, and goes on when it is done.
 * - `too_long`: not retryable; the agent shortens its conversation and asks again, once.
 * - `invalid_request`: not retryable; the very same request can only fail again.
 * - `retryable`: everything else, also what nobody foresaw. Attempts are bounded by time, by their caller.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ModelFault } from '../../workflows/contract';
import { oneLine } from '../../workflows/text';
import { redact } from '../redact';
import {
  type ErrorFacts,
  factsOf,
  isBrokenConnection,
  nameOf,
  StreamFault,
  UnknownStopReason,
} from './anthropic-errors';
import { DeadlineExceeded } from './deadlines';

/** However long the server asks us to wait, we look again after this: limits are often lifted early. */
export const MAX_RETRY_DELAY_MS = 5 * 60_000;
/** A server that fails and asks not to be asked again gets at least this much rest. */
export const ASKED_NOT_TO_RETRY_MS = 60_000;
/** How much of the API's own words a message quotes. */
const SAID_CHARS = 200;

export interface FailureContext {
  /** The model that was called, for messages about it. */
  model?: string;
  /** Never to appear in a message. */
  secrets?: readonly string[];
}

export function toModelFailure(
  error: unknown,
  nowMs: number,
  context: FailureContext = {},
): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const facts = withoutSecrets(factsOf(error, nowMs), context.secrets);
  const kind = kindOf(error, facts);
  const { fault, say } = KINDS[kind];
  const said = oneLine(facts.said, SAID_CHARS);
  const retryAfterMs = fault === 'retryable' ? retryDelayMs(facts) : undefined;
  const message = say({
    said,
    note: noteOf(facts.status ?? facts.type, said) + capNote(facts.retryAfterMs, retryAfterMs),
    model: context.model ?? 'asked for',
  });
  return modelFailure(fault, message, {
    kind,
    ...(facts.status === undefined ? {} : { status: facts.status }),
    ...(facts.type === undefined ? {} : { type: facts.type }),
    ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** All that the other side has chosen, before anything of it is cut: half a key is no longer recognised. */
function withoutSecrets(facts: ErrorFacts, secrets: readonly string[] = []): ErrorFacts {
  const { said, type, requestId } = facts;
  return {
    ...facts,
    said: redact(said, secrets),
    ...(type === undefined ? {} : { type: redact(type, secrets) }),
    ...(requestId === undefined ? {} : { requestId: redact(requestId, secrets) }),
  };
}

export interface FailureDetails {
  /** Finer than the fault: who counts failures tells them apart by it. */
  kind?: Kind;
  status?: number;
  type?: string;
  requestId?: string;
  retryAfterMs?: number;
}

/** The error itself is no `cause` of the failure: its message and stack may hold what must not be recorded. */
export function modelFailure(
  fault: ModelFault,
  message: string,
  details: FailureDetails = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type: fault,
    message,
    nonRetryable: fault !== 'retryable',
    details: [details],
    ...(details.retryAfterMs === undefined ? {} : { nextRetryDelay: details.retryAfterMs }),
  });
}

const SET_KEY = 'set ANTHROPIC_API_KEY for the worker, or run `bga config set-key`';
/** The agent looks again every `modelProbeMs`. */
export const GOES_ON = 'The agent then goes on by itself; at once with `bga resume`.';
export const NO_KEY_MESSAGE = `No API key is configured: ${SET_KEY}. ${GOES_ON}`;

/** Of a failure that is none of a model. */
const OTHER = 'other';

/** How metrics call a failure, whoever threw it. */
export function kindOfFailure(error: unknown): string {
  const [details]: unknown[] = (error instanceof ApplicationFailure && error.details) || [];
  const { kind } = Object(details);
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? kind : OTHER;
}

/** `note` is ` (429: what the API said)`, or empty. */
type Say = (words: { said: string; note: string; model: string }) => string;
const KINDS = {
  bad_key: kind('needs_person', ({ note }) => `The API key was rejected${note}: ${SET_KEY}. ${GOES_ON}`),
  no_access: kind(
    'needs_person',
    ({ note, model }) =>
      `The API key may not do this${note}: give it access to the model ${model}, or use another key: ${SET_KEY}. ${GOES_ON}`,
  ),
  billing: kind(
    'needs_person',
    ({ note }) =>
      `The account cannot pay for this${note}: add credit or raise the spend limit in its console. ${GOES_ON}`,
  ),
  account: kind(
    'needs_person',
    ({ note }) => `The account is not able to call the API${note}: see its console. ${GOES_ON}`,
  ),
  proxy_login: kind(
    'needs_person',
    ({ note }) => `A proxy asks for a login${note}: correct the proxy settings. ${GOES_ON}`,
  ),
  unknown_model: kind(
    'invalid_request',
    ({ note, model }) =>
      `The API does not know the model ${model}${note}. Choose another model; behind a gateway, check ANTHROPIC_BASE_URL too.`,
  ),
  too_large: kind('too_long', ({ note }) => `The conversation is too large for the API${note}.`),
  refused: kind('invalid_request', ({ note }) => `The API refused the request${note}.`),
  unknown_stop: kind('invalid_request', ({ said }) => said),
  rate_limited: kind('retryable', ({ note }) => `Rate limited${note}.`),
  overloaded: kind('retryable', ({ note }) => `The API is overloaded${note}.`),
  api_failed: kind('retryable', ({ note }) => `The API failed${note}.`),
  deadline: kind('retryable', ({ said }) => said),
  broken_reply: kind('retryable', ({ said }) => said),
  malformed: kind('retryable', () => 'The API sent a reply that is not what its protocol says.'),
  unexpected: kind('retryable', ({ note }) => `The model call failed${note}.`),
  unreachable: kind('retryable', ({ note }) => `The connection to the API failed${note}.`),
} satisfies Record<string, { fault: ModelFault; say: Say }>;
type Kind = keyof typeof KINDS;

export const FAILURE_KINDS: readonly string[] = [...Object.keys(KINDS), OTHER];
/** Those after which a call rests and is made again. */
export const RETRIED_KINDS: readonly string[] = [
  ...Object.entries(KINDS).flatMap(([name, { fault }]) => (fault === 'retryable' ? [name] : [])),
  OTHER,
];

function kind(fault: ModelFault, say: Say): { fault: ModelFault; say: Say } {
  return { fault, say };
}

function kindOf(error: unknown, facts: ErrorFacts): Kind {
  if (error instanceof DeadlineExceeded) return 'deadline';
  if (error instanceof UnknownStopReason) return 'unknown_stop';
  if (error instanceof StreamFault) return 'broken_reply';
  const { status = 0, type = '', code = '' } = facts;
  if (status >= 500) return status === 529 || type === 'overloaded_error' ? 'overloaded' : 'api_failed';
  if (status === 0 && type === '') return kindOfNetworkError(error);
  const kind =
    byCode[code] ?? personStatus[status] ?? byWords(facts) ?? byType[type] ?? byStatus(status, type);
  // The server's own word on retrying decides where a person need not act.
  if (facts.shouldRetry === true && KINDS[kind].fault === 'invalid_request') return 'api_failed';
  // A rate limit not worth retrying is an allowance used up: the agent waits and looks again now and then.
  if (facts.shouldRetry === false && kind === 'rate_limited') return 'billing';
  return kind;
}

const byCode: Readonly<Record<string, Kind>> = {
  contract_spend_limit_reached: 'billing',
  enforced_spend_limit_reached: 'billing',
  linked_organization_billing_unavailable: 'billing',
  linked_organization_spend_limit_reached: 'billing',
  ramp_limit_exceeded: 'rate_limited',
  claude_code_key_creator_not_member: 'bad_key',
  organization_on_hold: 'account',
  cmek_key_disabled: 'account',
  cmek_key_network_blocked: 'account',
};

/** These need a person whatever category a gateway puts on them. */
const personStatus: Readonly<Record<number, Kind>> = {
  401: 'bad_key',
  402: 'billing',
  403: 'no_access',
  407: 'proxy_login',
};

const byType: Readonly<Record<string, Kind>> = {
  authentication_error: 'bad_key',
  permission_error: 'no_access',
  billing_error: 'billing',
  rate_limit_error: 'rate_limited',
  overloaded_error: 'overloaded',
  api_error: 'api_failed',
  timeout_error: 'api_failed',
  conflict_error: 'api_failed',
  not_found_error: 'unknown_model',
  request_too_large: 'too_large',
};

/** A spent allowance comes as 400 or 429 with ordinary categories, and often without a code: only its words tell. */
function byWords({ status, said }: ErrorFacts): Kind | undefined {
  if (status !== 400 && status !== 413 && status !== 429) return undefined;
  if (/credit balance|spend(ing)? limit|specified (workspace )?(api )?usage limit/i.test(said))
    return 'billing';
  return status !== 429 && /prompt is too long|context (window|length|limit)/i.test(said)
    ? 'too_large'
    : undefined;
}

const RETRYABLE_4XX: readonly number[] = [408, 409, 425, 499];

/** A stream that fails has no status, so that only the category says what is wrong with the request. */
function byStatus(status: number, type: string): Kind {
  if (status === 404) return 'unknown_model';
  if (status === 413) return 'too_large';
  if (status === 429) return 'rate_limited';
  if (RETRYABLE_4XX.includes(status)) return 'api_failed';
  return status >= 400 || type === 'invalid_request_error' ? 'refused' : 'api_failed';
}

function kindOfNetworkError(error: unknown): Kind {
  if (nameOf(error) === 'SyntaxError') return 'malformed';
  return isBrokenConnection(error) ? 'unreachable' : 'unexpected';
}

function noteOf(label: string | number | undefined, said: string): string {
  const note = [label, said].filter((part) => part !== undefined && part !== '').join(': ');
  return note === '' ? '' : ` (${note})`;
}

/** A cap is said where the failure is shown: in status, and beside the pending activity in Temporal's Web UI. */
function capNote(askedMs: number | undefined, givenMs: number | undefined): string {
  if (askedMs === undefined || givenMs === undefined || askedMs <= givenMs) return '';
  return `, asked for ${Math.ceil(askedMs / 1000)} s, capped at ${givenMs / 1000} s`;
}

function retryDelayMs({ retryAfterMs, shouldRetry }: ErrorFacts): number | undefined {
  const atLeastMs = shouldRetry === false ? ASKED_NOT_TO_RETRY_MS : 0;
  const wantedMs = Math.max(retryAfterMs ?? 0, atLeastMs);
  return wantedMs > 0 ? Math.min(wantedMs, MAX_RETRY_DELAY_MS) : undefined;
}
