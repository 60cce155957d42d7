/** One look at an agent, put together from `describe`, its result and, only where needed, a query. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import type {
  AgentMemo,
  AgentReport,
  AgentStatus,
  Outcome,
  Progress,
  Question,
  Tier,
} from '../../workflows/contract';
import { AGENT_WORKFLOW } from '../../workflows/messages';
import { isNotFound } from '../temporalErrors';
import type { AgentsContext } from './context';
import { noSuchAgent } from './errors';
import { isOpen, tierOf } from './facts';
import { looksLikeAgentId } from './ids';
import { lookAtEnded } from './lookAtEnded';
import { lookAtOpen } from './lookAtOpen';
import { maySee } from './owner';
import { plainText } from './plain';
import { memoOf } from './wire';

export interface Observation {
  agentId: string;
  /** Its last run: another one after each ending that a message let it go on from. */
  runId: string;
  status: AgentStatus;
  /** Present once it has ended, and only then. */
  outcome?: Outcome;
  progress: Progress;
  activity: string;
  /** While `waiting`: what a person must do. */
  question?: string;
  /** Present when that is to answer a question of the agent's. */
  asks?: Question;
  /** Somebody paused its workflow there; only there can it be unpaused. */
  pausedInTemporal?: boolean;
  /** Its model call failed, and rests until the next try. */
  rests?: boolean;
  memo: AgentMemo;
  agentType: string;
  tier: Tier;
  /** The model that serves it now: not the one of its memo once a fallback has taken over. */
  model: string;
  session: string;
  owner?: string;
  createdAtMs: number;
  finishedAtMs?: number;
  /** Of an open one: when what is said of it was so. */
  asOfMs?: number;
  report?: AgentReport;
  /** It was ended before any worker saw it. */
  neverBegan?: true;
  /** While a run that goes on after an ending has not begun: the run that had ended. */
  reopens?: string;
}

/** What `describe` says of an agent in whatever state. */
export type Facts = Omit<Observation, 'status' | 'progress' | 'activity'>;

/** @throws UserError, and the same one, for an agent that does not exist and for one that is not the caller's. */
export async function observe(context: AgentsContext, agentId: string): Promise<Observation> {
  const first = await look(context, agentId);
  if (first !== 'ended meanwhile') return first;
  const second = await look(context, agentId);
  if (second !== 'ended meanwhile') return second;
  // It has its outcome, but the server has not closed it yet: as good as running, for a moment longer.
  const described = await describe(context, agentId);
  const facts = factsOf(agentId, described);
  return isOpen(described)
    ? lookAtOpen(context, described, facts, { mayAsk: false })
    : lookAtEnded(context, described, facts);
}

/** It may end between `describe` and the query's answer, which then says less than a second `describe` would. */
async function look(context: AgentsContext, agentId: string): Promise<Observation | 'ended meanwhile'> {
  const described = await describe(context, agentId);
  const facts = factsOf(agentId, described);
  if (!isOpen(described)) return lookAtEnded(context, described, facts);
  const seen = await lookAtOpen(context, described, facts, { mayAsk: true });
  return seen.outcome ? 'ended meanwhile' : seen;
}

/** Before anything else is looked up: what goes wrong with an agent of someone else would tell that it exists. */
function shownTo<T>({ session }: AgentsContext, agentId: string, owner: string | undefined, seen: T): T {
  if (!maySee(session.caller, owner)) throw noSuchAgent(agentId);
  return seen;
}

async function describe(context: AgentsContext, agentId: string): Promise<WorkflowExecutionDescription> {
  if (!looksLikeAgentId(agentId)) throw noSuchAgent(agentId);
  const { temporal } = context;
  try {
    const described = await temporal.call(() => temporal.client.workflow.getHandle(agentId).describe());
    if (described.type !== AGENT_WORKFLOW) throw noSuchAgent(agentId);
    return shownTo(context, agentId, described.typedSearchAttributes.get(attributes.owner), described);
  } catch (error) {
    throw isNotFound(error) ? noSuchAgent(agentId) : error;
  }
}

function factsOf(agentId: string, described: WorkflowExecutionDescription): Facts {
  const typed = described.typedSearchAttributes;
  const memo = memoOf(described.memo);
  const owner = typed.get(attributes.owner);
  return {
    agentId,
    runId: described.runId,
    memo: {
      ...memo,
      task: plainText(memo.task),
      ...(memo.name === undefined ? {} : { name: plainText(memo.name) }),
    },
    agentType: typed.get(attributes.type) ?? 'general',
    tier: tierOf(typed.get(attributes.tier)),
    model: typed.get(attributes.model) ?? memo.model,
    session: typed.get(attributes.session) ?? '',
    ...(owner === undefined ? {} : { owner }),
    createdAtMs: (typed.get(attributes.createdAt) ?? described.startTime).getTime(),
    ...(described.closeTime ? { finishedAtMs: described.closeTime.getTime() } : {}),
  };
}
