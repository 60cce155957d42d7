/** One agent while it runs: its state, and what readers see of it. */
import { setCurrentDetails, setHandler, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { attributes } from './attributes';
import { Clock } from './clock';
import type { AgentInput, AgentReport, AgentSnapshot, KillReason, Outcome } from './contract';
import { headOf, sliceOf } from './conversation';
import { detailsOf } from './details';
import { conversationQuery, outputQuery, REPORT_MEMO, statusQuery, stopSignal } from './messages';
import { pageOf, resultSegments } from './output';
import { type AgentState, initialState, progressOf } from './state';

export class AgentRun {
  readonly clock: Clock;
  state: AgentState;
  stop: { reason: KillReason; note?: string } = { reason: 'killed' };
  private activity = 'starting';
  private waitingFor: string | undefined;

  constructor(readonly input: AgentInput) {
    this.clock = new Clock(input.limits.timeoutMs);
    this.state = initialState(input, input.place ? 0 : Date.now());
    const head = headOf(input);
    setHandler(statusQuery, () => this.snapshot());
    setHandler(outputQuery, (from) => pageOf(this.state.log, from, this.state.answerTurn));
    setHandler(conversationQuery, (from, to) => sliceOf(head, this.state.messages, from, to));
    setHandler(stopSignal, (reason, note) => {
      this.stop = { reason, ...(note === undefined ? {} : { note }) };
    });
    if (!this.isPending) upsertSearchAttributes([{ key: attributes.status, value: 'running' }]);
  }

  /** It has no place among the running agents of its session yet. */
  get isPending(): boolean {
    return this.state.startedAtMs === 0;
  }

  begin(): void {
    this.state = { ...this.state, startedAtMs: Date.now() };
    upsertSearchAttributes([{ key: attributes.status, value: 'running' }]);
  }

  /** Says in one line what the agent does now. */
  doing(activity: string): void {
    this.activity = activity;
    setCurrentDetails(detailsOf(this.input, this.snapshot(), this.state.log));
  }

  end(outcome: Outcome): void {
    this.state = { ...this.state, outcome };
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
    this.doing('ended');
    upsertSearchAttributes([
      { key: attributes.status, value: outcome.status },
      { key: attributes.reason, value: outcome.reason },
      { key: attributes.costUsd, value: this.state.usage.costUsd },
    ]);
    const report = this.report(outcome);
    if (outcome.status === 'killed') upsertMemo({ [REPORT_MEMO]: report });
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
    };
  }

  private report(outcome: Outcome): AgentReport {
    return {
      outcome,
      progress: progressOf(this.state),
      finishedAtMs: Date.now(),
      lineCount: this.state.log.length,
      ...resultSegments(this.state.log, this.state.answerTurn),
    };
  }
}
