/** Every run of an agent that the server still has, oldest first. */

import { AGENT_WORKFLOW } from '../../workflows/messages';
import type { AgentsContext } from './context';
import { everyRun, quoted } from './visibility';

export async function runIdsOf(context: Pick<AgentsContext, 'temporal'>, agentId: string): Promise<string[]> {
  const query = `WorkflowType = '${AGENT_WORKFLOW}' AND WorkflowId = ${quoted(agentId)}`;
  const runs: { runId: string; startMs: number }[] = [];
  for await (const { runId, startTime } of everyRun(context, query))
    runs.push({ runId, startMs: startTime.getTime() });
  const ids = runs.sort((a, b) => a.startMs - b.startMs).map(({ runId }) => runId);
  // One that has just begun may not be listed yet.
  const { temporal } = context;
  const { runId: current } = await temporal.call(() =>
    temporal.client.workflow.getHandle(agentId).describe(),
  );
  return ids.includes(current) ? ids : [...ids, current];
}
