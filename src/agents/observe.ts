/** One look at an agent, put together from `describe`, its result and, only where needed, a query. */
import { type WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { attributes } from '../../workflows/attributes';
import type { AgentMemo, AgentReport, AgentStatus, Outcome, Progress, Tier } from '../../workflows/contract';
import { AGENT_WORKFLOW, REPORT_MEMO, statusQuery } from '../../workflows/messages';
import { failed, killed } from '../../workflows/stops';
import { NO_USAGE } from '../../workflows/usage';
import { isNotFound } from '../temporal';
import type { AgentsContext } from './context';
import { noSuchAgent } from './errors';
import { memoOf, tierOf } from './facts';
import { looksLikeAgentId } from './ids';
import { lookAtPending, type PendingLook } from './pending';

export interface Observation {
  agentId: string;
  status: AgentStatus;
  outcome?: Outcome;
  progress: Progress;
  activity: string;
  /** While `waiting`: what a person must do. */
  question?: string;
  memo: AgentMemo;
  agentType: string;
  tier: Tier;
  session: string;
  createdAtMs: number;
  startedAtMs?: number;
  finishedAtMs?: number;
  report?: AgentReport;
}

/** A saturated worker answers within a second or two; without one the server would hold a query for 29 s. */
const QUERY_TIMEOUT_MS = 2_000;

const NO_PROGRESS: Progress = { turn: 0, toolCalls: 0, usage: NO_USAGE };

export async function observe(context: AgentsContext, agentId: string): Promise<Observation> {
  const known = context.ended.get(agentId);
  if (known) return known;
  const described = await describe(context, agentId);
  const base = factsOf(agentId, described);
  const seen =
    described.status.name === 'RUNNING'
      ? await lookAtOpen(context, described, base)
      : await lookAtEnded(context, described, base);
  if (seen.outcome) context.ended.set(agentId, seen);
  return seen;
}

async function describe(context: AgentsContext, agentId: string): Promise<WorkflowExecutionDescription> {
  if (!looksLikeAgentId(agentId)) throw noSuchAgent(agentId);
  const { temporal } = context;
  try {
    const described = await temporal.call(() => temporal.client.workflow.getHandle(agentId).describe());
    if (described.type !== AGENT_WORKFLOW) throw noSuchAgent(agentId);
    return described;
  } catch (error) {
    throw isNotFound(error) ? noSuchAgent(agentId) : error;
  }
}

type Facts = Omit<Observation, 'status' | 'progress' | 'activity'>;

function factsOf(agentId: string, described: WorkflowExecutionDescription): Facts {
  const typed = described.typedSearchAttributes;
  return {
    agentId,
    memo: memoOf(described.memo),
    agentType: typed.get(attributes.type) ?? 'general',
    tier: tierOf(typed.get(attributes.tier)),
    session: typed.get(attributes.session) ?? '',
    createdAtMs: (typed.get(attributes.createdAt) ?? described.startTime).getTime(),
    ...(described.closeTime ? { finishedAtMs: described.closeTime.getTime() } : {}),
  };
}

/** `describe` alone answers for most: it holds the heartbeats. A query is the second choice, for the moments between. */
async function lookAtOpen(
  context: AgentsContext,
  described: WorkflowExecutionDescription,
  facts: Facts,
): Promise<Observation> {
  const startedAtMs = described.startTime.getTime();
  if (described.typedSearchAttributes.get(attributes.status) === 'pending') {
    return {
      ...facts,
      status: 'pending',
      progress: NO_PROGRESS,
      activity: 'accepted, no worker has taken it yet',
    };
  }
  const pending = lookAtPending(described.raw.pendingActivities ?? [], context.nowMs());
  if (pending?.progress) return { ...facts, startedAtMs, ...fromPending(pending, pending.progress) };
  const { temporal } = context;
  const handle = temporal.client.workflow.getHandle(facts.agentId);
  const snapshot = await temporal
    .call(() => handle.query(statusQuery), QUERY_TIMEOUT_MS)
    .catch(() => undefined);
  if (!snapshot) {
    const activity = 'no worker answers now; it goes on when one is up (bga up)';
    return { ...facts, startedAtMs, status: 'running', progress: NO_PROGRESS, activity };
  }
  return {
    ...facts,
    startedAtMs: snapshot.startedAtMs,
    status: snapshot.status,
    ...(snapshot.outcome ? { outcome: snapshot.outcome } : {}),
    progress: snapshot.progress,
    activity: pending?.activity ?? snapshot.activity,
    ...(snapshot.waitingFor === undefined ? {} : { question: snapshot.waitingFor }),
  };
}

function fromPending(
  pending: PendingLook,
  progress: Progress,
): Pick<Observation, 'status' | 'progress' | 'activity'> {
  return {
    status: pending.waitingFor === undefined ? 'running' : 'waiting',
    progress,
    activity: pending.activity,
    ...(pending.waitingFor === undefined ? {} : { question: pending.waitingFor }),
  };
}

async function lookAtEnded(
  context: AgentsContext,
  described: WorkflowExecutionDescription,
  facts: Facts,
): Promise<Observation> {
  const { outcome, report } = await endingOf(context, described, facts.agentId);
  return {
    ...facts,
    status: outcome.status,
    outcome,
    ...(report ? { report } : {}),
    startedAtMs: report?.startedAtMs ?? described.startTime.getTime(),
    progress: report?.progress ?? NO_PROGRESS,
    activity: `ended: ${outcome.reason}`,
  };
}

interface Ending {
  outcome: Outcome;
  report?: AgentReport;
}

async function endingOf(
  context: AgentsContext,
  described: WorkflowExecutionDescription,
  agentId: string,
): Promise<Ending> {
  switch (described.status.name) {
    case 'COMPLETED':
    case 'FAILED':
      return resultOf(context, agentId);
    case 'CANCELLED': {
      const report = described.memo?.[REPORT_MEMO] as AgentReport | undefined;
      return report ? { outcome: report.outcome, report } : { outcome: killed('killed') };
    }
    case 'TIMED_OUT':
      return { outcome: failed('timeout', 'The workflow timed out in Temporal.') };
    default:
      return { outcome: killed('killed', 'It was terminated in Temporal.') };
  }
}

async function resultOf({ temporal }: AgentsContext, agentId: string): Promise<Ending> {
  try {
    const result: Promise<AgentReport> = temporal.call(() =>
      temporal.client.workflow.getHandle(agentId).result(),
    );
    const report = await result;
    return { outcome: report.outcome, report };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const cause = error.cause;
    const report =
      cause instanceof ApplicationFailure ? (cause.details?.[0] as AgentReport | undefined) : undefined;
    if (report) return { outcome: report.outcome, report };
    return { outcome: failed('internal_error', cause?.message ?? error.message) };
  }
}
