/** Makes agents ask their model again at once, instead of when their wait or their rest is over. */
import { resumeSignal } from '../../workflows/messages';
import { isNotFound } from '../temporal';
import type { AgentsContext } from './context';
import { absentIfNotFound } from './idempotency';
import { inTurns } from './inTurns';
import { type Observation, observe } from './observe';
import type { ResumedAgent, ResumeResult } from './results';
import { queryFor, rows } from './visibility';

/** Ids that do not exist are refused before any agent is woken. */
export async function resume(context: AgentsContext, agentIds: readonly string[]): Promise<ResumeResult> {
  const seen = await inTurns([...new Set(agentIds)], (id) => observe(context, id));
  return { agents: await inTurns(seen, (agent) => resumeOne(context, agent)) };
}

/** Every agent that has not ended, in whatever directory and session. */
export async function resumeAll(context: AgentsContext): Promise<ResumeResult> {
  const open = `${await queryFor(context, { scope: 'all' })} AND ExecutionStatus = 'Running'`;
  const ids = (await rows(context, open)).map(({ workflowId }) => workflowId);
  const seen = await inTurns(ids, (id) => observe(context, id).catch(absentIfNotFound));
  const there = seen.filter((agent) => agent !== undefined);
  return { agents: await inTurns(there, (agent) => resumeOne(context, agent)) };
}

async function resumeOne({ temporal }: AgentsContext, seen: Observation): Promise<ResumedAgent> {
  const needless = whyNeedless(seen);
  if (needless !== undefined) return told(seen, false, needless);
  try {
    await temporal.call(() => temporal.client.workflow.getHandle(seen.agentId).signal(resumeSignal));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return told(seen, false, 'It ended just now; nothing was changed.');
  }
  return told(seen, true, `It asks its model again now. Before: ${seen.question ?? seen.activity}`);
}

/** Undefined for an agent that a wake-up helps: one that waits for a person, or rests after a failed model call. */
function whyNeedless(
  seen: Pick<
    Observation,
    'status' | 'outcome' | 'rests' | 'question' | 'activity' | 'pausedInTemporal' | 'asks' | 'agentId'
  >,
): string | undefined {
  if (seen.outcome)
    return `It has ended as ${seen.outcome.status} (${seen.outcome.reason}); nothing was changed.`;
  if (seen.pausedInTemporal) return seen.question;
  if (seen.asks) return `It waits for an answer, which bga send ${seen.agentId} gives: ${seen.asks.text}`;
  if (seen.status === 'waiting' || seen.rests) return undefined;
  return `It does not wait for anything that this could shorten: ${seen.activity}.`;
}

function told(seen: Observation, resumed: boolean, message: string): ResumedAgent {
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    resumed,
    message,
  };
}
