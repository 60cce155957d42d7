/** One line of a list, from a row of visibility or from a closer look. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import { AGENT_STATUSES, type AgentStatus } from '../../workflows/contract';
import { oneLine } from '../../workflows/text';
import type { AgentsContext } from './context';
import { memoOf, tierOf } from './facts';
import type { Observation } from './observe';
import type { ListedAgent } from './results';

const TASK_CHARS = 120;

export function listedFromRow(context: AgentsContext, row: WorkflowExecutionInfo): ListedAgent {
  const typed = row.typedSearchAttributes;
  const memo = memoOf(row.memo);
  const created = typed.get(attributes.createdAt) ?? row.startTime;
  const status = statusOfRow(row);
  return listed(context, {
    agent_id: row.workflowId,
    ...(memo.name === undefined ? {} : { name: memo.name }),
    status,
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

function statusOfRow(row: WorkflowExecutionInfo): AgentStatus {
  const named = row.typedSearchAttributes.get(attributes.status);
  return CLOSED[row.status.name] ?? AGENT_STATUSES.find((status) => status === named) ?? 'running';
}

export function listedFrom(context: AgentsContext, seen: Observation): ListedAgent {
  return listed(context, {
    agent_id: seen.agentId,
    ...(seen.memo.name === undefined ? {} : { name: seen.memo.name }),
    status: seen.status,
    agent_type: seen.agentType,
    tier: seen.tier,
    task: seen.memo.task,
    createdAtMs: seen.createdAtMs,
    ...(seen.finishedAtMs === undefined ? {} : { endedAtMs: seen.finishedAtMs }),
    cost_usd: seen.progress.usage.costUsd,
  });
}

type Known = Omit<ListedAgent, 'created_at' | 'duration_ms' | 'unread' | 'reason'> & {
  createdAtMs: number;
  endedAtMs?: number;
};

function listed(context: AgentsContext, { createdAtMs, endedAtMs, ...known }: Known): ListedAgent {
  const isOpen = known.status === 'pending' || known.status === 'running' || known.status === 'waiting';
  return {
    ...known,
    task: oneLine(known.task, TASK_CHARS),
    created_at: new Date(createdAtMs).toISOString(),
    duration_ms: Math.max(0, Math.round((endedAtMs ?? context.nowMs()) - createdAtMs)),
    unread: !isOpen && !context.session.places.hasReadToTheEnd(known.agent_id),
  };
}
