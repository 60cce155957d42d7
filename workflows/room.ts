/** Keeps an agent's conversation within what its model takes. */
import { patched } from '@temporalio/workflow';
import { summarise, summariserOf } from './calls';
import { type Compaction, compaction, forcedTargetBytes, targetBytes, withSummary } from './compaction';
import { digestOf } from './digest';
import { isCancellation } from './faults';
import type { AgentRun } from './run';
import { recordCompaction, recordSpend } from './state';

/** A history without this mark is of v0.1, which let conversations grow. */
const COMPACTS = 'compaction';

/** The conversation is nearly as long as it may be. */
export function lacksRoom(run: AgentRun): boolean {
  return usualTarget(run) !== undefined;
}

/** Compacts a conversation that lacks room. */
export async function keepRoom(run: AgentRun): Promise<void> {
  const target = usualTarget(run);
  if (target !== undefined && patched(COMPACTS)) await compact(run, target);
}

function usualTarget({ state, input, served }: AgentRun): number | undefined {
  return targetBytes(state, { ...input, ...served });
}

/** The provider's word that it is too long counts for more than any estimate. @returns whether it got shorter */
export async function makeRoom(run: AgentRun): Promise<boolean> {
  return compact(run, forcedTargetBytes(run.state, { ...run.input, ...run.served }));
}

async function compact(run: AgentRun, target: number): Promise<boolean> {
  const plan = compaction(run.state.messages, target);
  if (plan.stubs === 0 && plan.summariseTo <= 1) return false;
  const summary = plan.summariseTo > 1 ? await summaryOf(run, plan) : '';
  run.state = recordCompaction(run.state, withSummary(plan, summary), plan);
  return true;
}

async function summaryOf(run: AgentRun, { summariseTo }: Compaction): Promise<string> {
  const digest = () => digestOf(run.state.messages.slice(0, summariseTo));
  if (run.input.provider === 'offline') return digest();
  run.doing('summarising its older turns');
  try {
    const { text, usage } = await summarise(run, summariseTo);
    run.charge(summariserOf(run), usage);
    run.state = recordSpend(run.state, usage);
    return text || digest();
  } catch (error) {
    // It is a help and no condition: an agent must not end for want of a summary.
    if (isCancellation(error)) throw error;
    return digest();
  }
}
