/** An agent's side of its session's gate: waiting for a place, and giving it back. */
import { CancellationScope, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { goSignal, joinSignal, leaveSignal } from './messages';
import type { AgentRun } from './run';
import { signalled } from './signals';

/** Its spawner announced it to the gate. Had that been cut short, or the gate been terminated, nobody would ever call it: so it asks by itself. */
const FIRST_ASK_MS = 30_000;
const LAST_ASK_MS = 600_000;

/** Returns when the agent may run: at once where nothing limits it. */
export async function takePlace(run: AgentRun): Promise<void> {
  const { place, createdAtMs } = run.input;
  if (!place || !run.isPending) return;
  let mayGo = false;
  setHandler(goSignal, () => {
    mayGo = true;
  });
  run.doing('waiting for a place among the running agents of its session');
  const ticket = { agentId: workflowInfo().workflowId, createdAtMs, maxRunning: place.maxRunning };
  for (let askMs = FIRST_ASK_MS; !(await condition(() => mayGo, askMs)); askMs = later(askMs)) {
    // No gate, no limit: somebody has ended it.
    if (!(await signalled(place.gate, joinSignal, ticket))) break;
  }
  run.begin();
}

/** However the agent ended; one that goes on in another run keeps it. A gate that is gone has no place to take back. */
export async function leavePlace({ input, state }: AgentRun): Promise<void> {
  const { place } = input;
  if (!place || !state.outcome) return;
  await CancellationScope.nonCancellable(() => signalled(place.gate, leaveSignal, workflowInfo().workflowId));
}

function later(askMs: number): number {
  return Math.min(2 * askMs, LAST_ASK_MS);
}
