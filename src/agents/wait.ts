import { setTimeout as delay } from 'node:timers/promises';
import { cutChars } from '../../workflows/text';
import type { AgentsContext } from './context';
import { DEFAULT_WAIT_MS } from './defaults';
import { UserError } from './errors';
import { absentIfNotFound } from './idempotency';
import { agentIdsOfSession } from './list';
import { readLog } from './log';
import { type Observation, observe } from './observe';
import { resultChars } from './pageSize';
import { questionOf } from './question';
import type { WaitedAgent, WaitResult } from './results';

export interface WaitRequest {
  agent_ids?: readonly string[] | undefined;
  mode?: 'all' | 'any' | undefined;
  timeout_ms?: number | undefined;
}

export interface WaitOptions {
  /** Called about twice a second with how things stand, less often with hundreds of agents. */
  onProgress?: (seen: readonly Observation[]) => void;
  /** Ends the waiting early; the agents go on. */
  signal?: AbortSignal;
}

/** An agent with no worker has no text to show now; the call is to be answered in time all the same. */
const BRIEF_TIMEOUT_MS = 1_500;
/** Between two looks: at first often, for agents that end at once. */
const FIRST_LOOK_MS = 100;
const LATER_LOOK_MS = 500;
/** Looks at hundreds of agents are work for the server that serves them all: they are to take a fifth of the time. */
const RESTS_A_LOOK = 4;
/** A look may also take long because no worker is up. */
const LONGEST_REST_MS = 2_000;

/** Waits until all (or any) of the agents have ended, or the time is up: that is no error. */
export async function wait(
  context: AgentsContext,
  request: WaitRequest,
  options: WaitOptions = {},
): Promise<WaitResult> {
  const deadlineMs = context.nowMs() + (request.timeout_ms ?? DEFAULT_WAIT_MS);
  const mode = request.mode ?? 'all';
  const agentIds = await idsToWaitFor(context, request);
  const seen = await untilEnded(context, agentIds, mode, deadlineMs, options);
  const briefs = await Promise.all(seen.map((agent) => brief(context, agent, resultChars(seen.length))));
  return {
    finished: briefs.filter((_, index) => seen[index]?.outcome),
    unfinished: briefs.filter((_, index) => !seen[index]?.outcome),
    timed_out: !isDone(seen, mode),
  };
}

async function idsToWaitFor(context: AgentsContext, { agent_ids: named }: WaitRequest): Promise<string[]> {
  if (named?.length === 0) {
    throw new UserError(
      'invalid',
      'agent_ids is empty. Name at least one agent, or leave it out for all of this session.',
    );
  }
  if (named) return [...new Set(named)];
  return (await agentsOfSession(context)).map(({ agentId }) => agentId);
}

/** Newest first. */
export async function agentsOfSession(context: AgentsContext): Promise<Observation[]> {
  const own = await agentIdsOfSession(context);
  // A spawn whose answer got lost may not have happened.
  const seen = await Promise.all(own.map((id) => observe(context, id).catch(absentIfNotFound)));
  return seen.flatMap((agent) => agent ?? []);
}

export async function untilEnded(
  context: AgentsContext,
  agentIds: readonly string[],
  mode: 'all' | 'any',
  deadlineMs: number,
  { onProgress, signal }: WaitOptions,
): Promise<Observation[]> {
  const ended = new Map<string, Observation>();
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LATER_LOOK_MS)) {
    const startedMs = context.nowMs();
    const seen = await Promise.all(agentIds.map((id) => ended.get(id) ?? observe(context, id)));
    const restMs = restAfter(lookMs, context.nowMs() - startedMs);
    for (const agent of seen) if (agent.outcome) ended.set(agent.agentId, agent);
    onProgress?.(seen);
    const leftMs = deadlineMs - context.nowMs();
    if (isDone(seen, mode) || leftMs <= 0 || signal?.aborted) return seen;
    await delay(Math.min(restMs, leftMs), undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

export function restAfter(usualMs: number, lookTookMs: number): number {
  return Math.max(usualMs, Math.min(RESTS_A_LOOK * lookTookMs, LONGEST_REST_MS));
}

/** Also when one of them asks: whoever waits is the one to answer. */
function isDone(seen: readonly Observation[], mode: 'all' | 'any'): boolean {
  if (seen.some((agent) => agent.asks)) return true;
  const ended = seen.filter((agent) => agent.outcome).length;
  return ended === seen.length || (mode === 'any' && ended > 0);
}

async function brief(context: AgentsContext, seen: Observation, chars: number): Promise<WaitedAgent> {
  const log = await readLog(context, seen, 'result', 0, BRIEF_TIMEOUT_MS).catch(() => ({ lines: [] }));
  const text = log.lines.map((line) => line.text).join('\n');
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    result: cutChars(text, chars),
    ...questionOf(seen),
  };
}
