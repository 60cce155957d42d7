/** One agent while it runs: its state, and what readers see of it. */
import {
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { attributes } from './attributes';
import { Clock } from './clock';
import {
  type Beginning,
  type Carried,
  carried,
  HISTORY_LIMITS,
  isFull,
  restoredState,
  type Stop,
  timeLeftMs,
} from './continuation';
import type {
  AgentInput,
  AgentReport,
  AgentSnapshot,
  LogLine,
  Outcome,
  Question,
  TierModel,
  Usage,
} from './contract';
import { headOf, sliceOf } from './conversation';
import { detailsOf } from './details';
import { fallenBack, servedBy } from './fallback';
import { shared } from './ledger';
import type { Mailbox } from './mailbox';
import { measureEnd, measureWait } from './measuring';
import {
  conversationQuery,
  endedQuery,
  outputQuery,
  PROGRESS_MEMO,
  QUESTION_MEMO,
  REOPENS_MEMO,
  REPORT_MEMO,
  resumeSignal,
  statusQuery,
  stopSignal,
} from './messages';
import { lineCount, pageOf, resultSegments, withLines } from './output';
import { continued, type Ended } from './reopening';
import { ShortCut } from './shortCut';
import {
  type AgentState,
  initialState,
  noteTurnedAway,
  noteUnread,
  progressOf,
  recordMessages,
} from './state';
import { Teller } from './telling';
import { NO_USAGE } from './usage';
import { Waker } from './waker';

/** Changes of an agent's course since v0.1: a history without the mark replays as it was. */
const CONTINUES = 'continue-as-new';

export class AgentRun {
  readonly clock: Clock;
  state: AgentState;
  stop: Stop;
  readonly waker = new Waker();
  private activity = 'starting';
  private waitingFor: string | undefined;
  private asks: Question | undefined;
  private readonly began: Beginning;
  private readonly teller: Teller;

  /** Whether its next call may go past the queue of its tier. */
  readonly shortCut: ShortCut;
  /** A reply is under way, which will not know of messages that come now. */
  isThinking = false;
  /** It has no place among the running agents of its session yet. */
  isPending: boolean;
  /** Its turn in the queue for one. */
  readonly queuedAtMs: number;

  /** @param before what its earlier run left it with, for one that goes on */
  constructor(
    readonly input: AgentInput,
    readonly mailbox: Mailbox,
    before?: Carried,
  ) {
    const nowMs = Date.now();
    this.clock = new Clock(before ? timeLeftMs(before, nowMs) : input.limits.timeoutMs);
    this.shortCut = new ShortCut(input.asksModelHere === true);
    this.isPending = before ? before.queuedAtMs !== undefined : input.place !== undefined;
    this.queuedAtMs = before?.queuedAtMs ?? input.createdAtMs;
    if (!before && !this.isPending) measureWait(input, nowMs - input.createdAtMs);
    const state = before ? restoredState(before, input) : initialState(input, 0);
    this.state = this.isPending ? state : { ...state, startedAtMs: state.startedAtMs || nowMs };
    if (before?.mail) mailbox.takeOver(before.mail);
    mailbox.nextTurn = () => this.state.turn + (this.isThinking ? 2 : 1);
    this.began = { bytes: workflowInfo().historySize, turn: this.state.turn };
    this.stop = before?.stop ?? { reason: 'killed' };
    const head = headOf(input);
    this.teller = new Teller(head);
    setHandler(statusQuery, () => this.snapshot());
    setHandler(outputQuery, (from) => pageOf(this.state.log, from, this.state.answerTurn));
    setHandler(conversationQuery, (from, to) => sliceOf(head, this.state, from, to));
    setHandler(endedQuery, () => this.ended());
    setHandler(stopSignal, (reason, note) => {
      this.stop = { reason, ...(note === undefined ? {} : { note }) };
    });
    setHandler(resumeSignal, () => this.waker.wake());
    if (!this.isPending) upsertSearchAttributes([{ key: attributes.status, value: 'running' }]);
    else if (before) upsertSearchAttributes([{ key: attributes.status, value: 'pending' }]);
  }

  begin(): void {
    this.isPending = false;
    measureWait(this.input, Date.now() - this.queuedAtMs);
    if (this.state.startedAtMs === 0) this.state = { ...this.state, startedAtMs: Date.now() };
    upsertSearchAttributes([{ key: attributes.status, value: 'running' }]);
  }

  /** The model that serves it now. */
  get served(): TierModel {
    return servedBy(this.input, this.state);
  }

  /** The next model takes over; lists and status name it from now on. */
  fallBack(why: string): void {
    this.state = fallenBack(this.input, this.state, why);
    const { tier, model } = this.served;
    // Named from now on, but what was spent so far is not its own.
    this.charge(this.served, NO_USAGE);
    upsertSearchAttributes([
      { key: attributes.tier, value: tier },
      { key: attributes.model, value: model },
    ]);
  }

  /** Notes who took a usage that is about to be counted. */
  charge(by: Pick<TierModel, 'tier' | 'model'>, usage: Usage): void {
    this.state = { ...this.state, ...shared(this.state, this.input, by, usage) };
  }

  /** Says in one line what the agent does now. */
  doing(activity: string): void {
    this.activity = activity;
    setCurrentDetails(detailsOf({ ...this.input, ...this.served }, this.snapshot(), this.state.log));
  }

  /** Lets the model calls of this process have the conversation as it is now. */
  tell(): void {
    this.teller.tell(this.state);
  }

  /**
   * Whether it has recorded so much that it had better go on in a new run. Not when it is about to be stopped: a
   * cancellation does not go along, and the timer of a short run might never come to fire.
   */
  isFull(): boolean {
    if (this.clock.stopped || this.clock.isUp) return false;
    const { historyLength: events, historySize: bytes, continueAsNewSuggested: suggested } = workflowInfo();
    const limits = this.input.historyLimits ?? HISTORY_LIMITS;
    // Asked last, so that only the runs that go on elsewhere are marked.
    return isFull({ events, bytes, suggested }, this.state, this.began, limits) && patched(CONTINUES);
  }

  /** All that the next run needs to be this agent. */
  ended(): Ended {
    const { input, state, stop } = this;
    const from = { state, stop, leftMs: this.clock.leftMs, mail: this.mailbox.all };
    return { input, carried: carried(from, workflowInfo().runId, Date.now()) };
  }

  /** The same for one that has answered and goes on, since when without its place among the running agents. */
  continued(queuedAtMs?: number): Ended {
    const again = continued(this.ended(), Date.now());
    const isQueued = queuedAtMs !== undefined && again.input.place !== undefined;
    return isQueued ? { ...again, carried: { ...again.carried, queuedAtMs } } : again;
  }

  log(lines: readonly LogLine[]): void {
    this.state = { ...this.state, log: withLines(this.state.log, lines) };
  }

  /** Its model is to hear what came since it was last asked. */
  hearMessages(): void {
    this.noteTurnedAway();
    this.state = recordMessages(this.state, this.mailbox.empty());
  }

  noteTurnedAway(): void {
    this.state = noteTurnedAway(this.state, this.mailbox.takeTurnedAway());
  }

  /** What the next run shows of the agent while no worker is up to ask. */
  carriedMemo(): Record<string, unknown> {
    const { [REOPENS_MEMO]: _, [QUESTION_MEMO]: __, ...memo } = workflowInfo().memo ?? {};
    return { ...memo, [PROGRESS_MEMO]: progressOf(this.state) };
  }

  end(outcome: Outcome): void {
    this.state = { ...this.state, outcome };
  }

  /** The same with a question, which the answer to `wait` ends. */
  async asking<T>(question: Question, wait: () => Promise<T>): Promise<T> {
    this.asks = question;
    upsertMemo({ [QUESTION_MEMO]: question, [PROGRESS_MEMO]: progressOf(this.state) });
    try {
      return await this.waiting(question.text, wait);
    } finally {
      this.asks = undefined;
      upsertMemo({ [QUESTION_MEMO]: null });
    }
  }

  /** Runs `wait` as `waiting`: seen as such everywhere, and not counted as the agent's time. */
  async waiting<T>(waitingFor: string, wait: () => Promise<T>): Promise<T> {
    this.waitingFor = waitingFor;
    upsertSearchAttributes([{ key: attributes.status, value: 'waiting' }]);
    this.doing(waitingFor);
    try {
      return await this.clock.pausedDuring(wait);
    } finally {
      this.waitingFor = undefined;
      upsertSearchAttributes([{ key: attributes.status, value: 'running' }]);
    }
  }

  /** Leaves the ending where it can be read without a worker, and returns the report. */
  close(outcome: Outcome): AgentReport {
    this.end(outcome);
    this.state = noteUnread(this.state, this.mailbox.all.unread);
    this.doing('ended');
    upsertSearchAttributes([
      { key: attributes.status, value: outcome.status },
      { key: attributes.reason, value: outcome.reason },
      { key: attributes.costUsd, value: this.state.usage.costUsd },
    ]);
    const report = this.report(outcome);
    const { startedAtMs } = this.state;
    const durationMs = startedAtMs === 0 ? 0 : report.finishedAtMs - startedAtMs;
    measureEnd({ agentType: this.input.agentType, tier: this.served.tier }, outcome, durationMs);
    const left = {
      ...(this.input.leavesProgress ? { [PROGRESS_MEMO]: report.progress } : {}),
      ...(outcome.status === 'killed' ? { [REPORT_MEMO]: report } : {}),
    };
    if (Object.keys(left).length > 0) upsertMemo(left);
    return report;
  }

  private snapshot(): AgentSnapshot {
    const { outcome } = this.state;
    const open = this.isPending ? 'pending' : this.waitingFor === undefined ? 'running' : 'waiting';
    return {
      status: outcome?.status ?? open,
      ...(outcome ? { outcome } : {}),
      activity: this.activity,
      progress: progressOf(this.state),
      ...(this.waitingFor === undefined ? {} : { waitingFor: this.waitingFor }),
      ...(this.asks === undefined ? {} : { asks: this.asks }),
    };
  }

  private report(outcome: Outcome): AgentReport {
    return {
      outcome,
      progress: progressOf(this.state),
      finishedAtMs: Date.now(),
      lineCount: lineCount(this.state.log),
      ...resultSegments(this.state.log, this.state.answerTurn),
    };
  }
}
