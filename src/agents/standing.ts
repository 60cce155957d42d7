/** Where an agent stands, for those who follow it from afar: also since when that is so, and how long it can be read. */
import type { AgentsContext } from './context';
import { type Observation, observe } from './observe';
import type { StatusResult } from './results';
import { retentionMs } from './retention';
import { statusOf } from './status';

export interface Standing {
  now: StatusResult;
  /** Its last sign of life, or its end. */
  changedAtMs: number;
  /** Absent while it runs, and where the server does not tell. */
  keptUntilMs?: number;
}

export async function standing(context: AgentsContext, agentId: string): Promise<Standing> {
  const seen = await observe(context, agentId);
  const now = statusOf(seen, context.nowMs());
  const changedAtMs = changedAt(seen);
  if (!seen.outcome) return { now, changedAtMs };
  const keptMs = await retentionMs(context.temporal);
  return { now, changedAtMs, ...(keptMs === undefined ? {} : { keptUntilMs: changedAtMs + keptMs }) };
}

function changedAt({ createdAtMs, progress, asOfMs, finishedAtMs }: Observation): number {
  return finishedAtMs ?? Math.max(createdAtMs, progress.startedAtMs, asOfMs ?? 0);
}
