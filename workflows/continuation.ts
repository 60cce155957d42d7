/** An agent that has recorded much goes on in a new run of its workflow: when, and what it takes along. */
import type { AgentInput, HistoryLimits, KillReason, UserBlock } from './contract';
import { type Mail, NO_MAIL } from './mail';
import { carriedLog } from './output';
import { sizes } from './sizes';
import { type AgentState, taskBlock } from './state';

/**
 * Far less than the 4,096 events at which Temporal suggests it: a query of an ended agent replays its last run, which
 * takes 80 ms at 41 events and over 2 s at 4,000.
 */
export const HISTORY_LIMITS: HistoryLimits = { events: 1_000, bytes: 1_000_000 };

export interface History {
  events: number;
  bytes: number;
  /** Temporal's own advice. */
  suggested: boolean;
}

/** Where a run began: what was carried into it would count for ever, and each run is to come at least a turn further. */
export interface Beginning {
  bytes: number;
  turn: number;
}

export function isFull(
  history: History,
  { turn }: Pick<AgentState, 'turn'>,
  began: Beginning,
  limits: HistoryLimits,
): boolean {
  if (turn <= began.turn) return false;
  return history.suggested || history.events >= limits.events || history.bytes - began.bytes >= limits.bytes;
}

/** Why an agent is stopped, when it is: the cancellation that follows may reach only the next run. */
export interface Stop {
  reason: KillReason;
  note?: string;
}

/** All that an agent is, between two turns. */
export interface Carried {
  /** Its conversation lacks the task, which the input has: it may be large, and would be sent twice. */
  state: AgentState;
  stop: Stop;
  /** Wall time left, … */
  leftMs: number;
  /** … at this time. */
  atMs: number;
  /** What was sent to it; absent in runs of before it could be. */
  mail?: Mail;
  /** Present in one that has no place among the running agents of its session: since when it waits for one. */
  queuedAtMs?: number;
}

export function carried(
  from: { state: AgentState; stop: Stop; leftMs: number; mail: Mail },
  runId: string,
  nowMs: number,
): Carried {
  const { state, stop, leftMs, mail } = from;
  const [first, ...rest] = state.messages;
  const blocks: UserBlock[] = first?.role === 'user' ? first.blocks.slice(1) : [];
  return {
    state: {
      ...state,
      messages: [{ role: 'user', blocks }, ...rest],
      log: carriedLog(state.log, runId, sizes.carriedLogBytes),
    },
    stop,
    leftMs,
    atMs: nowMs,
    ...(mail === NO_MAIL ? {} : { mail }),
  };
}

export function restoredState({ state }: Carried, input: Pick<AgentInput, 'task' | 'workspace'>): AgentState {
  const [first, ...rest] = state.messages;
  const blocks: UserBlock[] = first?.role === 'user' ? first.blocks : [];
  return { ...state, messages: [{ role: 'user', blocks: [taskBlock(input), ...blocks] }, ...rest] };
}

/** The wall clock goes on between two runs, also while no worker is up. */
export function timeLeftMs({ leftMs, atMs }: Carried, nowMs: number): number {
  return Math.max(1, leftMs - (nowMs - atMs));
}
