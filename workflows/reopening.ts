/** An agent that has ended goes on: what it was is asked of its last run, and what a message adds to it is decided here. */
import type { Carried } from './continuation';
import type { AgentInput, LogLine, Outcome, UserBlock } from './contract';
import { linesOf, withLines } from './output';
import { type AgentState, lastCalls } from './state';

/** Argument of a run that a message began, in place of the agent's input: its sender knows no more of it. */
export interface Reopening {
  /** The run that had ended, … */
  reopens: string;
  /** … and the session that goes on with it. */
  session: string;
  place?: NonNullable<AgentInput['place']>;
  atMs: number;
}

/** What an ended run answers: all that the agent was. */
export interface Ended {
  input: AgentInput;
  carried: Carried;
}

export interface ReopeningActivities {
  /** Asks the last ended run of an agent, which may be a later one than its caller knew of. */
  recall(runId: string): Promise<Ended>;
}

export function isReopening(given: AgentInput | Reopening): given is Reopening {
  return 'reopens' in given;
}

/** The agent of a new session: with its conversation, what it has cost, and the turns and the time of a new one. */
export function reopened(
  { input, carried }: Ended,
  { session, place, atMs }: Omit<Reopening, 'reopens'>,
  nowMs: number,
): Ended {
  const { place: _, ...given } = input;
  const ofSender = { ...given, session, ...(place ? { place } : {}) };
  const { reopened: before, usage } = carried.state;
  const state = { ...carried.state, reopened: { times: (before?.times ?? 0) + 1, atMs, usage } };
  const again = continued({ input: ofSender, carried: { ...carried, state } }, nowMs);
  return place ? { ...again, carried: { ...again.carried, queuedAtMs: atMs } } : again;
}

/** The same in its own session: a message came while it gave its answer. */
export function continued({ input, carried }: Ended, nowMs: number): Ended {
  const { queuedAtMs: _, ...before } = carried;
  const turns = input.turnsAtOnce ?? input.limits.maxTurns;
  const state = opened(carried.state);
  return {
    input: { ...input, turnsAtOnce: turns, limits: { ...input.limits, maxTurns: state.turn + turns } },
    carried: {
      ...before,
      state,
      stop: { reason: 'killed' },
      leftMs: input.limits.timeoutMs,
      atMs: nowMs,
    },
  };
}

/** Without its ending, of which a line of the log tells; every call has a result, as the model's provider requires. */
function opened(state: AgentState): AgentState {
  const { outcome, answerTurn: _, truncatedToolCall: __, ...rest } = state;
  const results = lastCalls(state).map(
    ({ id }): UserBlock => ({
      type: 'tool_result',
      toolUseId: id,
      text: 'Not run: the agent was stopped before.',
      isError: true,
    }),
  );
  return {
    ...rest,
    messages: results.length > 0 ? [...state.messages, { role: 'user', blocks: results }] : state.messages,
    log: withLines(state.log, endingLines(outcome, state.turn)),
    guard: { recent: [] },
    blanks: 0,
  };
}

function endingLines(outcome: Outcome | undefined, turn: number): LogLine[] {
  return linesOf('note', turn, `[note] ${endingOf(outcome)}; a message lets it go on`);
}

function endingOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'it was ended in Temporal';
  if (outcome.status === 'completed') return 'it had answered';
  return `it had ended as ${outcome.status} (${outcome.reason}): ${outcome.message.replace(/\.$/, '')}`;
}
