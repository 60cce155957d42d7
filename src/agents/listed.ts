/** One line of a list, from a row of visibility or from a closer look. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import { AGENT_STATUSES, type AgentStatus } from '../../workflows/contract';
import { hasReadEnding, type Readings } from '../../workflows/readings';
import { oneLine } from '../../workflows/text';
import type { AgentsContext } from './context';
import { tierOf } from './facts';
import type { Observation } from './observe';
import { plainText } from './plain';
import { questionOf } from './question';
import { type ListedAgent, REASONS } from './results';
import { memoOf, questionOf as writtenQuestion } from './wire';

const TASK_CHARS = 120;

/** A line with what it is sorted by. */
export interface Listing {
  createdAtMs: number;
  agentId: string;
  agent: Omit<ListedAgent, 'unread'>;
  endedAtMs?: number;
}

export function listedFromRow(context: AgentsContext, row: WorkflowExecutionInfo): Listing {
  const typed = row.typedSearchAttributes;
  const memo = memoOf(row.memo);
  const created = typed.get(attributes.createdAt) ?? row.startTime;
  const status = statusOfRow(row);
  const asks = writtenQuestion(row.memo);
  return listed(context, {
    agent_id: row.workflowId,
    ...(memo.name === undefined ? {} : { name: memo.name }),
    status,
    ...reasonOf(row),
    ...(asks && status === 'waiting' ? questionOf({ asks }) : {}),
    agent_type: typed.get(attributes.type) ?? 'general',
    tier: tierOf(typed.get(attributes.tier)),
    task: memo.task,
    createdAtMs: created.getTime(),
    ...(row.closeTime ? { endedAtMs: row.closeTime.getTime() } : {}),
    cost_usd: typed.get(attributes.costUsd) ?? 0,
  });
}

const CLOSED: Partial<Record<string, AgentStatus>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELLED: 'killed',
  TERMINATED: 'killed',
};

export function statusOfRow(
  row: Pick<WorkflowExecutionInfo, 'status' | 'typedSearchAttributes'>,
): AgentStatus {
  const named = row.typedSearchAttributes.get(attributes.status);
  return CLOSED[row.status.name] ?? AGENT_STATUSES.find((status) => status === named) ?? 'running';
}

/** Temporal's own word on an ending comes first: one that somebody terminates there never wrote its reason. */
function reasonOf(row: WorkflowExecutionInfo): Pick<ListedAgent, 'reason'> {
  if (row.status.name === 'TERMINATED') return { reason: 'killed' };
  if (row.status.name === 'TIMED_OUT') return { reason: 'timeout' };
  const named = row.typedSearchAttributes.get(attributes.reason);
  const reason = REASONS.find((each) => each === named);
  return reason === undefined ? {} : { reason };
}

export function listedFrom(context: AgentsContext, seen: Observation): Listing {
  return listed(context, {
    agent_id: seen.agentId,
    ...(seen.memo.name === undefined ? {} : { name: seen.memo.name }),
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    ...questionOf(seen),
    agent_type: seen.agentType,
    tier: seen.tier,
    task: seen.memo.task,
    createdAtMs: seen.createdAtMs,
    ...(seen.finishedAtMs === undefined ? {} : { endedAtMs: seen.finishedAtMs }),
    cost_usd: seen.progress.usage.costUsd,
  });
}

type Known = Omit<ListedAgent, 'created_at' | 'duration_ms' | 'unread'> & {
  createdAtMs: number;
  endedAtMs?: number;
};

function listed(context: AgentsContext, { createdAtMs, endedAtMs, ...known }: Known): Listing {
  const agent: Listing['agent'] = {
    ...known,
    ...(known.name === undefined ? {} : { name: oneLine(plainText(known.name), TASK_CHARS) }),
    task: oneLine(plainText(known.task), TASK_CHARS),
    created_at: new Date(createdAtMs).toISOString(),
    duration_ms: Math.max(0, Math.round((endedAtMs ?? context.nowMs()) - createdAtMs)),
  };
  return {
    createdAtMs,
    agentId: known.agent_id,
    agent,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
  };
}

/** Each with whether its result waits to be read; one that was continued since has another result. */
export function withUnread({ agent, endedAtMs }: Listing, readings: Readings | undefined): ListedAgent {
  const unread = endedAtMs !== undefined && !hasReadEnding(readings, agent.agent_id, endedAtMs);
  return { ...agent, unread };
}
