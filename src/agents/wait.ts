import { setTimeout as delay } from 'node:timers/promises';
import { cutChars } from '../../workflows/text';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { agentIdsOfSession } from './list';
import { readLog } from './log';
import { type Observation, observe } from './observe';
import type { WaitedAgent, WaitResult } from './results';

export interface WaitRequest {
  agent_ids?: readonly string[] | undefined;
  mode?: 'all' | 'any' | undefined;
  timeout_ms?: number | undefined;
}

export interface WaitOptions {
  /** Called about twice a second with how things stand. */
  onProgress?: (seen: readonly Observation[]) => void;
  /** Ends the waiting early; the agents go on. */
  signal?: AbortSignal;
}

export const DEFAULT_WAIT_MS = 30_000;
const RESULT_CHARS = 200;
/** Between two looks: at first often, for agents that end at once. */
const FIRST_LOOK_MS = 100;
const LATER_LOOK_MS = 500;

/** Waits until all (or any) of the agents have ended, or the time is up: that is no error. */
export async function wait(
  context: AgentsContext,
  request: WaitRequest,
  options: WaitOptions = {},
): Promise<WaitResult> {
  const agentIds = request.agent_ids ?? (await agentIdsOfSession(context));
  if (request.agent_ids?.length === 0)
    throw new UserError(
      'invalid',
      'agent_ids is empty. Name at least one agent, or leave it out for all of this session.',
    );
  const deadlineMs = context.nowMs() + (request.timeout_ms ?? DEFAULT_WAIT_MS);
  const seen = await untilEnded(context, agentIds, request.mode ?? 'all', deadlineMs, options);
  const ended = seen.filter((agent) => agent.outcome);
  const open = seen.filter((agent) => !agent.outcome);
  const done = isDone(seen, request.mode ?? 'all');
  return {
    finished: await Promise.all(ended.map((agent) => brief(context, agent))),
    unfinished: await Promise.all(open.map((agent) => brief(context, agent))),
    timed_out: !done,
  };
}

async function untilEnded(
  context: AgentsContext,
  agentIds: readonly string[],
  mode: 'all' | 'any',
  deadlineMs: number,
  { onProgress, signal }: WaitOptions,
): Promise<Observation[]> {
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LATER_LOOK_MS)) {
    const seen = await Promise.all(agentIds.map((id) => observe(context, id)));
    onProgress?.(seen);
    const leftMs = deadlineMs - context.nowMs();
    if (isDone(seen, mode) || leftMs <= 0 || signal?.aborted) return seen;
    await delay(Math.min(lookMs, leftMs), undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

function isDone(seen: readonly Observation[], mode: 'all' | 'any'): boolean {
  const ended = seen.filter((agent) => agent.outcome).length;
  return ended === seen.length || (mode === 'any' && ended > 0);
}

async function brief(context: AgentsContext, seen: Observation): Promise<WaitedAgent> {
  const log = await readLog(context, seen, 'result', 0).catch(() => ({ lines: [] }));
  const text = log.lines.map((line) => line.text).join('\n');
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    result: cutChars(text, RESULT_CHARS),
  };
}
