/** What an agent had said when its run began: the beginning of that run's history holds it, whoever is up. */
import { z } from 'zod';
import { LINE_KINDS, type LogLine } from '../../workflows/logLine';
import type { AgentsContext } from './context';
import { beginningOf } from './recordedRun';

const line = z.object({ kind: z.enum(LINE_KINDS), turn: z.number(), text: z.string() });
const carriedLog = z.object({
  state: z.object({ turn: z.number(), log: z.object({ first: z.number(), lines: z.array(line) }) }),
});

export interface CarriedLog {
  /** Turns that it had taken by then. */
  turn: number;
  /** Number of the first of `lines`: the newest ones alone were taken along. */
  first: number;
  lines: LogLine[];
}

/** Undefined for an agent that is in its first run, which began with nothing. */
export async function carriedLogOf(
  { temporal }: Pick<AgentsContext, 'temporal'>,
  run: { agentId: string; runId: string },
  timeoutMs: number,
): Promise<CarriedLog | undefined> {
  const [, carried] = await beginningOf(temporal, run, timeoutMs);
  const { data } = carriedLog.safeParse(carried);
  return data && { turn: data.state.turn, ...data.state.log };
}
