/** An agent that goes on after its ending asks what it was. */
import { CancellationScope, proxyActivities, upsertMemo } from '@temporalio/workflow';
import type { Carried } from './continuation';
import type { AgentInput } from './contract';
import { type Reopening, type ReopeningActivities, reopened } from './reopening';

const { recall } = proxyActivities<ReopeningActivities>({
  summary: 'its conversation so far',
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** A kill in this moment takes effect right after it: what the agent had found before stays readable that way. */
export async function recalled(given: Reopening): Promise<{ input: AgentInput; before: Carried }> {
  const ended = await CancellationScope.nonCancellable(() => recall(given.reopens));
  const { input, carried } = reopened(ended, given, Date.now());
  upsertMemo({ limits: input.limits });
  return { input, before: carried };
}
