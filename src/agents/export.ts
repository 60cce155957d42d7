/** An agent as a document, from its histories alone: they are there for as long as the server keeps it, whoever else is up. */
import { documentOf, type ExportDocument } from '../export/document';
import type { Recorded } from '../export/recorded';
import type { AgentsContext } from './context';
import { observe } from './observe';
import { recordedRun } from './recordedRun';
import { runIdsOf } from './runs';
import { statusOf } from './status';

export async function exportAgent(
  context: AgentsContext,
  agentId: string,
  onProgress: (text: string) => void = () => undefined,
): Promise<ExportDocument> {
  const seen = await observe(context, agentId);
  const runIds = await runIdsOf(context, agentId);
  const runs: Recorded[][] = [];
  for (const [index, runId] of runIds.entries()) {
    if (index > 0) onProgress(`reading ${agentId}: run ${index + 1} of ${runIds.length}`);
    const recorded = await recordedRun(context.temporal, agentId, runId);
    if (recorded) runs.push(recorded);
  }
  const nowMs = context.nowMs();
  return documentOf({ status: statusOf(seen, nowMs), runs, nowMs });
}
