/** An agent that has not ended. `describe` alone answers for most, because it holds the heartbeats. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import type { AgentSnapshot, Progress, Question } from '../../workflows/contract';
import { PROGRESS_MEMO, statusQuery } from '../../workflows/messages';
import { NO_USAGE } from '../../workflows/usage';
import type { AgentsContext } from './context';
import { decodedPending } from './decodedPending';
import { standingOf } from './gate';
import type { Facts, Observation } from './observe';
import { lookAtPending, type PendingLook } from './pending';
import { plainText } from './plain';
import { progressOf, questionOf, reopensOf } from './wire';

/** A saturated worker answers within a second or two; without one the server would hold a query for 29 s. */
const QUERY_TIMEOUT_MS = 2_000;

const NO_ANSWER = 'no worker answers now; it goes on when one is up (bga up)';

/** Of an agent that no worker has taken yet, or of which none can tell. */
const NO_PROGRESS: Progress = { startedAtMs: 0, turn: 0, toolCalls: 0, usage: NO_USAGE };

/** What is known without asking anybody: how far it had come when its run began. */
export function progressBefore({ memo }: WorkflowExecutionDescription): Progress {
  return progressOf(memo?.[PROGRESS_MEMO]) ?? NO_PROGRESS;
}

export async function lookAtOpen(
  context: AgentsContext,
  described: WorkflowExecutionDescription,
  facts: Facts,
  { mayAsk }: { mayAsk: boolean },
): Promise<Observation> {
  const named = described.typedSearchAttributes.get(attributes.status);
  if (described.status.name === 'PAUSED') return paused(facts, progressBefore(described));
  if (named === 'pending') {
    const reopens = reopensOf(described.memo);
    const standing =
      mayAsk && facts.memo.isGated ? await standingOf(context, facts.session, facts.agentId) : undefined;
    return {
      ...facts,
      status: 'pending',
      progress: progressBefore(described),
      ...(reopens === undefined ? {} : { reopens }),
      activity: standing ?? 'accepted, no worker has taken it yet',
    };
  }
  const asks = named === 'waiting' ? questionOf(described.memo) : undefined;
  if (asks) return { ...facts, ...asking(asks), progress: progressBefore(described) };
  const activities = await decodedPending(context.temporal, described.raw.pendingActivities ?? []);
  const pending = lookAtPending(activities, context.nowMs());
  if (pending?.progress) return { ...facts, ...fromPending(pending, pending.progress) };
  const snapshot = mayAsk ? await askForSnapshot(context, facts.agentId) : undefined;
  if (snapshot) return { ...facts, ...fromSnapshot(snapshot, pending), asOfMs: context.nowMs() };
  return {
    ...facts,
    status: named === 'waiting' ? 'waiting' : 'running',
    progress: progressBefore(described),
    // A worker that cannot read the agent's payloads fails its calls before their first heartbeat, and answers no query.
    activity: pending?.trouble ?? (mayAsk ? NO_ANSWER : 'ending'),
  };
}

/** Undefined when no worker answers in time. */
export async function askForSnapshot(
  { temporal }: AgentsContext,
  agentId: string,
): Promise<AgentSnapshot | undefined> {
  const handle = temporal.client.workflow.getHandle(agentId);
  return temporal.call(() => handle.query(statusQuery), QUERY_TIMEOUT_MS).catch(() => undefined);
}

/** Nothing of it is under way, and its memo says all: no worker need be up. */
function asking(asks: Question): Pick<Observation, 'status' | 'activity' | 'question' | 'asks'> {
  return { status: 'waiting', activity: 'waits for an answer', question: asks.text, asks };
}

function paused(facts: Facts, progress: Progress): Observation {
  return {
    ...facts,
    status: 'waiting',
    progress,
    activity: 'paused in Temporal',
    pausedInTemporal: true,
    question: "Somebody paused its workflow in Temporal. Unpause it there, e.g. in Temporal's Web UI.",
  };
}

type Standing = Pick<
  Observation,
  'status' | 'outcome' | 'progress' | 'activity' | 'question' | 'rests' | 'asOfMs'
>;

function fromPending(pending: PendingLook, progress: Progress): Standing {
  return {
    status: pending.waitingFor === undefined ? 'running' : 'waiting',
    progress,
    activity: plainText(pending.activity),
    ...(pending.asOfMs === undefined ? {} : { asOfMs: pending.asOfMs }),
    ...(pending.rests ? { rests: true } : {}),
    ...(pending.waitingFor === undefined ? {} : { question: plainText(pending.waitingFor) }),
  };
}

function fromSnapshot(snapshot: AgentSnapshot, pending: PendingLook | undefined): Standing {
  return {
    status: snapshot.status,
    ...(snapshot.outcome ? { outcome: snapshot.outcome } : {}),
    progress: snapshot.progress,
    activity: plainText(pending?.activity ?? snapshot.activity),
    ...(pending?.rests ? { rests: true } : {}),
    ...(snapshot.waitingFor === undefined ? {} : { question: plainText(snapshot.waitingFor) }),
  };
}
