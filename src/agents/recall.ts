/** The worker's side of an agent that goes on: finds the run that ended before, and asks it. */
import { endedQuery } from '../../workflows/messages';
import type { Ended } from '../../workflows/reopening';
import type { Temporal } from '../temporal';
import { isNotFound } from '../temporalErrors';
import { quoted } from './visibility';

interface Run {
  workflowId: string;
  runId: string;
}

/** Replaying a long run takes seconds. */
const QUERY_TIMEOUT_MS = 20_000;

/** Undefined when it is no longer kept. */
export async function recallAgent(temporal: Temporal, own: Run, ended: string): Promise<Ended | undefined> {
  try {
    const { workflowId } = own;
    const runId = await lastBefore(temporal, own, ended);
    const handle = temporal.client.workflow.getHandle(workflowId, runId);
    return await temporal.call(() => handle.query(endedQuery), QUERY_TIMEOUT_MS);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Its sender saw it end, and then hesitated: meanwhile another's message may have let it go on, and it ended again. */
async function lastBefore({ client, call }: Temporal, own: Run, ended: string): Promise<string> {
  const { workflow } = client;
  const { startTime } = await call(() => workflow.getHandle(own.workflowId, ended).describe());
  const later = await call(async () => {
    const found: { runId: string; startTime: Date }[] = [];
    for await (const row of workflow.list({ query: `WorkflowId = ${quoted(own.workflowId)}` }))
      if (row.runId !== own.runId && row.startTime > startTime) found.push(row);
    return found.sort((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
  });
  return later?.runId ?? ended;
}
