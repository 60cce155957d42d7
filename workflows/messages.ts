/** Names that client, workflow and worker must agree on; each is written once, here. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AgentSnapshot, ConversationSlice, KillReason, OutputPage } from './contract';
import type { SentMessage } from './mail';
import type { Places, Ticket } from './places';
import type { Move, Reading } from './readings';
import type { Ended } from './reopening';

/** Workflow type of an agent. */
export const AGENT_WORKFLOW = 'agent';

export const statusQuery = defineQuery<AgentSnapshot>('status');
/** Log lines from number `from` on, a page at a time. */
export const outputQuery = defineQuery<OutputPage, [from: number]>('output');
/** Messages `from` (inclusive) to `to` (exclusive), a page at a time. */
export const conversationQuery = defineQuery<ConversationSlice, [from: number, to: number]>('conversation');

/** All that an agent is, for the run that goes on after it has ended. */
export const endedQuery = defineQuery<Ended>('ended');

/** What becomes of a message: it answers the open question, or it is read in a later turn. */
export interface Receipt {
  turn?: number;
  answers?: true;
  /** It was heard before. */
  isRepeated?: true;
}

/** A message to the agent, acknowledged with the turn in which it will be read, where that is known; … */
export const sendUpdate = defineUpdate<Receipt, [message: SentMessage]>('send');
/** … the same where nobody answers now, and with the start of a run that goes on. */
export const messageSignal = defineSignal<[message: SentMessage]>('message');

/** Says why the cancellation that follows it comes: a cancellation itself carries no reason. */
export const stopSignal = defineSignal<[reason: KillReason, note?: string]>('stop');

/** An agent that waits for a person, or rests between two tries, asks its model again at once. */
export const resumeSignal = defineSignal('resume');

/** Memo key under which a killed agent leaves its report. */
export const REPORT_MEMO = 'report';
/** Memo key under which a run finds how far the agent had come before it. */
export const PROGRESS_MEMO = 'progress';
/** Memo key of the question that an agent waits with: readable without a worker. */
export const QUESTION_MEMO = 'question';
/** Memo key under which a run that goes on after an ending names the one that had ended. */
export const REOPENS_MEMO = 'reopens';

/** Workflow type by which a worker is asked what it can do. */
export const DOCTOR_WORKFLOW = 'doctor';

/** Workflow type of a session's lease. */
export const SESSION_WORKFLOW = 'session';
/** The session's process says that it ends. */
export const endSignal = defineSignal('end');
/** Id of the activity by which a session's process holds its lease. */
export const LEASE_ACTIVITY = 'lease';

export function sessionWorkflowId(sessionId: string): string {
  return `session-${sessionId}`;
}

/** Workflow type of a session that its callers name. */
export const NAMED_SESSION_WORKFLOW = 'namedSession';
/** To a named session: somebody called in its name. */
export const heardSignal = defineSignal('heard');
/** To a named session: an agent is about to be started that lives no longer than it. */
export const holdSignal = defineSignal<[silenceMs: number]>('hold');
/** To a named session: so far has an agent been read. */
export const readSignal = defineSignal<[key: string, move: Move]>('read');
/** How far a named session has read these agents. */
export const readingsQuery = defineQuery<[key: string, reading: Reading][], [keys: readonly string[]]>(
  'readings',
);

/** Workflow type of the gate that limits how many agents of a session run at once. */
export const GATE_WORKFLOW = 'gate';
/** To the gate: an agent would like to run. */
export const joinSignal = defineSignal<[ticket: Ticket]>('join');
/** To the gate: an agent has ended. */
export const leaveSignal = defineSignal<[agentId: string]>('leave');
/** To the agent: it has a place. */
export const goSignal = defineSignal<[]>('go');
export const placesQuery = defineQuery<Places>('places');

export function gateWorkflowId(sessionId: string): string {
  return `gate-${sessionId}`;
}

/** Workflow type of an idempotency key that is given to an agent. */
export const KEY_WORKFLOW = 'key';

/** @param hash of the key and its session: neither may be read in an id */
export function keyWorkflowId(hash: string): string {
  return `key-${hash}`;
}
