/** A message to an agent: read at its next turn, or the beginning of more work when it has ended. */
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { SentMessage } from '../../workflows/mail';
import { endedQuery, messageSignal, type Receipt, sendUpdate } from '../../workflows/messages';
import { isNotFound } from '../temporalErrors';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { shortHash } from './ids';
import { type Observation, observe } from './observe';
import { reopen } from './reopen';
import type { SendResult } from './results';

export interface SendRequest {
  agent_id: string;
  message: string;
  idempotency_key?: string | undefined;
}

/** A worker with much to do answers within this; then the message is left for it as a signal. */
const UPDATE_TIMEOUT_MS = 3_000;
/** A closed run is replayed to answer. */
const ENDED_TIMEOUT_MS = 15_000;
/** An agent may end between a look and a message, and go on between the two again. */
const TRIES = 5;

export async function send(context: AgentsContext, request: SendRequest): Promise<SendResult> {
  // The same at every try: an agent hears it once.
  const message: SentMessage = { id: idFor(context, request), text: request.message };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const seen = await observe(context, request.agent_id);
    if (!seen.outcome) {
      const queued = await tell(context, seen, message);
      if (queued) return queued;
      continue;
    }
    if (request.idempotency_key !== undefined && (await hasHeard(context, seen, message)))
      return repeated(seen);
    if (await reopen(context, seen, message)) return continued(seen);
  }
  throw new UserError('not_ready', `${request.agent_id} ends just now. Send the message again.`);
}

/** The same for the same message under the same key in the same session: an agent hears an id once. */
function idFor({ session }: AgentsContext, request: SendRequest): string {
  const { agent_id: agentId, idempotency_key: key, message } = request;
  return key === undefined ? randomUUID() : shortHash(JSON.stringify([session.id, agentId, key, message]));
}

/** Whether an agent that has ended had this message: to let it go on with that would be to send it twice. */
async function hasHeard(
  { temporal }: AgentsContext,
  { agentId, runId, neverBegan }: Observation,
  { id }: SentMessage,
): Promise<boolean> {
  if (neverBegan) return false;
  const handle = temporal.client.workflow.getHandle(agentId, runId);
  try {
    const { carried } = await temporal.call(() => handle.query(endedQuery), ENDED_TIMEOUT_MS);
    return carried.mail?.known.includes(id) ?? false;
  } catch (error) {
    throw new UserError(
      'not_ready',
      `No worker tells now whether ${agentId} had this message before. Nothing was sent. Send it again with the same key when one is up.`,
      { cause: error },
    );
  }
}

/** Undefined when it ended meanwhile. */
async function tell(
  context: AgentsContext,
  seen: Observation,
  message: SentMessage,
): Promise<SendResult | undefined> {
  const handle = context.temporal.client.workflow.getHandle(seen.agentId);
  try {
    // Of an agent that no worker has taken nobody would answer.
    const told = seen.status === 'pending' ? undefined : await acknowledged(context, seen.agentId, message);
    if (told?.isRepeated) return repeated(seen);
    if (told?.answers) return answered(seen);
    if (told) return queued(seen, told.turn);
    await context.temporal.call(() => handle.signal(messageSignal, message));
    return queued(seen, undefined);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Undefined when no worker answers in time, or the agent is just ending: the signal then tells which. */
async function acknowledged(
  { temporal }: AgentsContext,
  agentId: string,
  message: SentMessage,
): Promise<Receipt | undefined> {
  const handle = temporal.client.workflow.getHandle(agentId);
  try {
    const options = { args: [message], updateId: message.id } satisfies {
      args: [SentMessage];
      updateId: string;
    };
    return await temporal.call(() => handle.executeUpdate(sendUpdate, options), UPDATE_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw refused(error);
    return undefined;
  }
}

function refused(error: WorkflowUpdateFailedError): UserError {
  const { cause } = error;
  const why = cause instanceof ApplicationFailure ? cause.message : error.message;
  return new UserError('invalid', `${why} Nothing was sent.`, { cause: error });
}

function answered(seen: Observation): SendResult {
  const message = 'The agent has its answer and goes on.';
  return {
    agent_id: seen.agentId,
    status: 'running',
    delivered: 'answered',
    turn: seen.progress.turn + 1,
    message,
  };
}

function queued(seen: Observation, turn: number | undefined): SendResult {
  const when = turn === undefined ? 'when a worker takes it' : `in turn ${turn}, its next`;
  const need = seen.asks
    ? ' It is its answer then.'
    : seen.status === 'waiting'
      ? ' It waits for something else first.'
      : '';
  return {
    agent_id: seen.agentId,
    status: seen.status,
    delivered: 'queued',
    ...(turn === undefined ? {} : { turn }),
    message: `Queued: the agent reads it ${when}.${need}`,
  };
}

function repeated(seen: Observation): SendResult {
  return {
    agent_id: seen.agentId,
    status: seen.status,
    delivered: 'repeated',
    message: 'The same message under the same key was delivered before. Nothing was sent again.',
  };
}

function continued(seen: Observation): SendResult {
  const ended = `${seen.status}${seen.outcome ? ` (${seen.outcome.reason})` : ''}`;
  return {
    agent_id: seen.agentId,
    status: 'pending',
    delivered: 'continued',
    turn: seen.progress.turn + 1,
    message: `It had ended as ${ended} and goes on under the same id, with its conversation and with turns and time as at its start.`,
  };
}
