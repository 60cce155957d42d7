/** An agent as a task. Only the plain facts of one look at it go in. */
import type { CallToolResult, InputRequests } from '@modelcontextprotocol/server';
import type { AgentStatus } from '../../../workflows/contract';
import { questionText } from '../../agents/question';
import type { Standing } from '../../agents/standing';

type TaskStatus = 'working' | 'input_required' | 'completed' | 'cancelled';

interface Task {
  taskId: string;
  status: TaskStatus;
  statusMessage: string;
  createdAt: string;
  lastUpdatedAt: string;
  /** From its creation on; null while nobody knows, as its end is still to come. */
  ttlMs: number | null;
  pollIntervalMs: number;
}

export interface DetailedTask extends Task {
  /** Of a completed one, and of no other. */
  result?: CallToolResult;
  /** Of one that waits for an answer, and of no other. */
  inputRequests?: InputRequests;
}

/** One that failed did answer: with an error. `failed` is for what goes wrong in the protocol. */
const TASK_STATUSES = {
  pending: 'working',
  running: 'working',
  waiting: 'working',
  completed: 'completed',
  failed: 'completed',
  killed: 'cancelled',
} satisfies Record<AgentStatus, TaskStatus>;

const POLL_MS = 2_000;
/** One that runs for so long … */
const LONG_MS = 60_000;
/** … is not done a moment later. */
const SELDOM_POLL_MS = 5_000;

/** @param own for our own words: it gives tool names their prefix */
export function taskOf({ now, changedAtMs, keptUntilMs }: Standing, own: (text: string) => string): Task {
  const createdAtMs = Date.parse(now.created_at);
  return {
    taskId: now.agent_id,
    status: TASK_STATUSES[now.status],
    statusMessage: messageOf(now, own),
    createdAt: now.created_at,
    lastUpdatedAt: new Date(changedAtMs).toISOString(),
    ttlMs: keptUntilMs === undefined ? null : Math.max(0, Math.round(keptUntilMs - createdAtMs)),
    pollIntervalMs: now.duration_ms < LONG_MS ? POLL_MS : SELDOM_POLL_MS,
  };
}

/**
 * A client that shows no forms may be sent none, so its task is `working`; but it may show this, which says all that a form would, and
 * how to answer all the same.
 */
function messageOf({ agent_id: agentId, ...now }: Standing['now'], own: (text: string) => string): string {
  const { status, question, error, progress } = now;
  if (error) return `${status}, ${error.type}: ${error.message}`;
  if (status === 'waiting' && question !== undefined) return own(questionText(agentId, question));
  return status === 'completed'
    ? `completed after ${progress.turn} ${progress.turn === 1 ? 'turn' : 'turns'}`
    : `${status}, turn ${progress.turn}: ${progress.activity}`;
}
