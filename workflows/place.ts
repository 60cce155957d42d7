/** An agent's side of its session's gate: waiting for a place, and giving it back. */
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { isCancellation } from './faults';
import type { GateInput } from './gate';
import { GATE_WORKFLOW, goSignal, joinSignal, leaveSignal } from './messages';
import { joined, NO_PLACES, type Ticket } from './places';
import type { AgentRun } from './run';
import { signalled } from './signals';

/** Its spawner announced it to the gate. Had that been cut short, or the gate been terminated, nobody would ever call it: so it asks by itself. */
const FIRST_ASK_MS = 30_000;
const LAST_ASK_MS = 600_000;

/** Returns when the agent may run: at once where nothing limits it. */
export async function takePlace(run: AgentRun): Promise<void> {
  const { place } = run.input;
  if (!place || !run.isPending) return;
  let mayGo = false;
  setHandler(goSignal, () => {
    mayGo = true;
  });
  run.doing('waiting for a place among the running agents of its session');
  const ticket = {
    agentId: workflowInfo().workflowId,
    createdAtMs: run.queuedAtMs,
    maxRunning: place.maxRunning,
  };
  for (let askMs = FIRST_ASK_MS; !(await condition(() => mayGo, askMs)); askMs = later(askMs)) {
    await ask(place.gate, ticket);
  }
  run.begin();
}

/** However the agent ended; one that goes on in another run keeps it. A gate that is gone has no place to take back. */
export async function leavePlace({ input, state }: AgentRun): Promise<void> {
  const { place } = input;
  if (!place || !state.outcome) return;
  await CancellationScope.nonCancellable(() => signalled(place.gate, leaveSignal, workflowInfo().workflowId));
}

/** Where there is no gate it begins one, which then lives on without it; of several that do so at once, one succeeds. */
async function ask(gate: string, ticket: Ticket): Promise<void> {
  if (await signalled(gate, joinSignal, ticket)) return;
  const input: GateInput = { places: joined(NO_PLACES, ticket) };
  try {
    await startChild(GATE_WORKFLOW, {
      workflowId: gate,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    await signalled(gate, joinSignal, ticket);
  }
}

function later(askMs: number): number {
  return Math.min(2 * askMs, LAST_ASK_MS);
}
