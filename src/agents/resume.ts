/** Makes agents ask their model again at once, instead of when their wait or their rest is over. */
import { resumeSignal } from '../../workflows/messages';
import { isNotFound } from '../temporalErrors';
import type { AgentsContext } from './context';
import { absentIfNotFound } from './idempotency';
import { inTurns } from './inTurns';
import { askForSnapshot } from './lookAtOpen';
import { type Observation, observe } from './observe';
import type { ResumedAgent, ResumeResult } from './results';
import { queryFor, rows } from './visibility';

/** Ids that do not exist are refused before any agent is woken. */
export async function resume(context: AgentsContext, agentIds: readonly string[]): Promise<ResumeResult> {
  const seen = await inTurns([...new Set(agentIds)], (id) => observe(context, id));
  return wake(context, seen);
}

/** Every agent that has not ended, in whatever directory and session. */
export async function resumeAll(context: AgentsContext): Promise<ResumeResult> {
  const open = `${await queryFor(context, { scope: 'all' })} AND ExecutionStatus = 'Running'`;
  const ids = (await rows(context, open)).map(({ workflowId }) => workflowId);
  const seen = await inTurns(ids, (id) => observe(context, id).catch(absentIfNotFound));
  return wake(
    context,
    seen.filter((agent) => agent !== undefined),
  );
}

async function wake(context: AgentsContext, agents: readonly Observation[]): Promise<ResumeResult> {
  const sent = await inTurns(agents, async (seen) => ({ seen, why: await whyNotWoken(context, seen) }));
  const woken = sent.find(({ why }) => why === undefined);
  // All of them are taken from one queue: what holds of one holds of all.
  const when = woken && (await whenItAsks(context, woken.seen));
  return { agents: sent.map(({ seen, why }) => told(seen, why, `${when} ${laterOf(seen)}`)) };
}

/** Undefined for one that has been woken. */
async function whyNotWoken({ temporal }: AgentsContext, seen: Observation): Promise<string | undefined> {
  const needless = whyNeedless(seen);
  if (needless !== undefined) return needless;
  try {
    await temporal.call(() => temporal.client.workflow.getHandle(seen.agentId).signal(resumeSignal));
    return undefined;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return 'It ended just now; nothing was changed.';
  }
}

async function whenItAsks(context: AgentsContext, { agentId }: Observation): Promise<string> {
  return (await askForSnapshot(context, agentId))
    ? 'It asks its model again now.'
    : 'It asks its model again as soon as a worker answers, and none does now. If none is up, start one with `bga up`.';
}

/** What stood in the way may still do: then it waits as before. */
function laterOf({ agentId, question, activity }: Observation): string {
  return `Whether it goes on, bga status ${agentId} tells. Before: ${question ?? activity}`;
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

function told(seen: Observation, why: string | undefined, done: string): ResumedAgent {
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    resumed: why === undefined,
    message: why ?? done,
  };
}
