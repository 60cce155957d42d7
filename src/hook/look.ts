/** News of a workspace's agents: those that have ended since, and those that wait for somebody. */
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import { hasReadEnding } from '../../workflows/readings';
import type { AgentsContext } from '../agents/context';
import { listedFromRow } from '../agents/listed';
import { readLog } from '../agents/log';
import { type Observation, observe } from '../agents/observe';
import { queryFor, quoted, rows } from '../agents/visibility';
import { placesOf } from '../placesInFile';
import { type Memory, waitKey } from './memory';
import type { News } from './news';

/** So many are looked at closely; of more, a list says enough. */
const MOST_LOOKS = 20;
const WORDS_CHARS = 400;

export interface Sightings {
  news: News[];
  /** Keys of all that wait now, told or not. */
  waits: string[];
}

/** @param wordsTimeoutMs for the beginnings of results, without which the lines are told all the same */
export async function look(
  context: AgentsContext,
  memory: Memory,
  wordsTimeoutMs: number,
): Promise<Sightings> {
  const [ended, waiting] = await Promise.all([endedSince(context, memory.sinceMs), waitingNow(context)]);
  const read = await Promise.all(ended.map((row) => isRead(context, row)));
  const unread = ended.filter((_, index) => !read[index]).sort((a, b) => endMs(a) - endMs(b));
  const untold = unread.filter((row) => !memory.isTold(endKey(row)));
  const endings = untold.map(async (row, index) => {
    const words = index < MOST_LOOKS ? await firstWords(context, row.workflowId, wordsTimeoutMs) : undefined;
    return newsOfEnd(context, row, words);
  });
  return {
    news: [
      ...waiting.filter(({ key }) => !memory.isTold(key)),
      ...(await Promise.all(endings)).filter((each) => each !== undefined),
    ],
    waits: waiting.map(({ key }) => key),
  };
}

async function endedSince(context: AgentsContext, sinceMs: number): Promise<WorkflowExecutionInfo[]> {
  const here = await queryFor(context, { scope: 'workspace' });
  const query = `${here} AND ExecutionStatus != 'Running' AND CloseTime >= ${quoted(new Date(sinceMs).toISOString())}`;
  return rows(context, query);
}

async function waitingNow(context: AgentsContext): Promise<(News & { kind: 'waits' })[]> {
  const found = await rows(context, await queryFor(context, { scope: 'workspace', status: 'waiting' }));
  const looks = found
    .slice(0, MOST_LOOKS)
    .map(({ workflowId }) => observe(context, workflowId).catch(() => undefined));
  return (await Promise.all(looks)).flatMap((seen) =>
    seen?.status === 'waiting' && seen.question !== undefined ? [newsOfWait(seen, seen.question)] : [],
  );
}

function newsOfWait({ agentId, agentType, memo }: Observation, question: string): News & { kind: 'waits' } {
  const name = memo.name === undefined ? {} : { name: memo.name };
  return { kind: 'waits', key: waitKey(agentId, question), agentId, agentType, ...name, question };
}

function newsOfEnd(
  context: AgentsContext,
  row: WorkflowExecutionInfo,
  words: string | undefined,
): News | undefined {
  const { agent } = listedFromRow(context, row);
  const { status, reason, name } = agent;
  if (status !== 'completed' && status !== 'failed' && status !== 'killed') return undefined;
  return {
    kind: 'ended',
    key: endKey(row),
    agentId: agent.agent_id,
    agentType: agent.agent_type,
    ...(name === undefined ? {} : { name }),
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(words === undefined ? {} : { words }),
  };
}

async function firstWords(
  context: AgentsContext,
  agentId: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const read = async () => {
    const seen = await observe(context, agentId);
    const { lines } = await readLog(context, seen, 'result', 0, timeoutMs);
    return lines
      .map(({ text }) => text)
      .join(' ')
      .slice(0, WORDS_CHARS);
  };
  return Promise.race([read().catch(() => undefined), delay(timeoutMs, undefined, { ref: false })]);
}

/** By the command line, or by the session that spawned it, where that one is on this machine. */
async function isRead(context: AgentsContext, row: WorkflowExecutionInfo): Promise<boolean> {
  const session = row.typedSearchAttributes.get(attributes.session) ?? '';
  const spawners = /^[\w-]{1,100}$/.test(session) ? [placesOf(context.config.stateDir, session)] : [];
  const known = [context.session.places, ...spawners].map((places) => places.of([row.workflowId]));
  return (await Promise.all(known)).some((readings) => hasReadEnding(readings, row.workflowId, endMs(row)));
}

/** An agent that is sent a message after its end goes on, and ends anew. */
function endKey(row: WorkflowExecutionInfo): string {
  return `ended.${row.workflowId}.${endMs(row)}`;
}

function endMs({ closeTime }: WorkflowExecutionInfo): number {
  return closeTime?.getTime() ?? 0;
}
