import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  makeContinueAsNewFunc,
} from '@temporalio/workflow';
import { announce } from './announcing';
import { askModel } from './asking';
import { act } from './asks';
import { resultBytes } from './compaction';
import type { Carried } from './continuation';
import type { AgentInput, AgentReport, ModelReply, Outcome, ToolResult } from './contract';
import { isCancellation, isTooLong, outcomeOfError } from './faults';
import { fitResults } from './fit';
import { Mailbox } from './mailbox';
import { measureStart } from './measuring';
import { leavePlace, takePlace } from './place';
import { recalled } from './recall';
import { type Ended, isReopening, type Reopening } from './reopening';
import { keepRoom, lacksRoom, makeRoom } from './room';
import { AgentRun } from './run';
import { openCalls, progressOf, recordReply, recordResults } from './state';
import { killed, limitReached, timedOut } from './stops';

/**
 * One agent, from its task to its ending; a long one in several runs, of which each takes up where the one before left off.
 * @returns the report of a completed agent
 * @throws ApplicationFailure whose type is the reason, with the report as its detail, when it failed
 * @throws CancelledFailure when it was killed; the report is then in the memo
 */
export async function agent(given: AgentInput | Reopening, carried?: Carried): Promise<AgentReport> {
  // First of all: an update for which there is no handler yet is refused.
  const mailbox = new Mailbox();
  const { input, before } = isReopening(given) ? await recalled(given) : { input: given, before: carried };
  if (carried === undefined) measureStart(input);
  const run = new AgentRun(input, mailbox, before);
  try {
    await takePlace(run);
    await run.clock.during(() => work(run));
  } catch (error) {
    // A call whose worker went away after it was told to stop fails with a time-out: the agent is stopped all the same.
    run.end(isCancellation(error) || run.clock.stopped ? stoppedFrom(run) : outcomeOfError(error));
  }
  run.noteTurnedAway();
  if (isContinued(run)) return goOn(run, run.continued());
  await leavePlace(run);
  run.noteTurnedAway();
  if (isContinued(run)) return goOn(run, run.continued(Date.now()));
  const { outcome } = run.state;
  return outcome ? close(run, outcome) : goOn(run, run.ended());
}

/** A message that came while it gave its last answer is heard all the same. A cancellation would not go along. */
function isContinued({ state, mailbox }: AgentRun): boolean {
  const isCancelled = CancellationScope.current().consideredCancelled;
  return state.outcome?.status === 'completed' && mailbox.hasUnread && !isCancelled;
}

/** Returns with an outcome, or without one when the agent is to go on in a new run. */
async function work(run: AgentRun): Promise<void> {
  while (!run.state.outcome) {
    const limit = limitReached(progressOf(run.state), run.input.limits);
    if (limit) return run.end(limit);
    run.hearMessages();
    if (lacksRoom(run)) await keepRoom(run);
    if (run.isFull()) return condition(allHandlersFinished);
    run.isThinking = true;
    hear(run, await think(run));
    run.isThinking = false;
    const calls = openCalls(run.state);
    if (calls.length > 0) note(run, await act(run, calls));
  }
}

async function think(run: AgentRun): Promise<ModelReply> {
  try {
    return await askModel(run);
  } catch (error) {
    if (isTooLong(error) && (await makeRoom(run))) return askModel(run);
    throw error;
  }
}

function hear(run: AgentRun, reply: ModelReply): void {
  run.charge(run.served, reply.usage);
  run.state = recordReply(run.state, reply, run.input.limits);
  if (reply.stop === 'aborted') run.end(stoppedFrom(run));
}

function note(run: AgentRun, results: readonly ToolResult[]): void {
  const fitting = fitResults(results, resultBytes(run.state, run.input));
  run.state = recordResults(run.state, fitting, run.input.limits);
  if (results.some((result) => result.aborted)) run.end(stoppedFrom(run));
}

/** Only two things cancel the work: its own clock, and a cancellation from outside. */
function stoppedFrom(run: AgentRun): Outcome {
  return run.clock.expired ? timedOut(run.input.limits.timeoutMs) : killed(run.stop.reason, run.stop.note);
}

/** The same agent under the same id: nothing of it is in flight, and all that it is goes along. */
function goOn(run: AgentRun, { input, carried }: Ended): Promise<never> {
  const memo = { ...run.carriedMemo(), limits: input.limits };
  return makeContinueAsNewFunc<typeof agent>({ memo })(input, carried);
}

function close(run: AgentRun, outcome: Outcome): AgentReport {
  const report = run.close(outcome);
  announce(run, report);
  switch (outcome.status) {
    case 'completed':
      return report;
    case 'failed':
      throw ApplicationFailure.create({
        type: outcome.reason,
        message: outcome.message,
        nonRetryable: true,
        details: [report],
      });
    case 'killed':
      throw new CancelledFailure(outcome.message);
  }
}
