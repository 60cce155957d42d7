/** Which task queues a worker of a fleet serves. Pure. */
import { TIERS, type Tier } from '../workflows/contract';
import { taskQueues, tierOn } from '../workflows/queues';
import { UserError } from './agents/errors';

/** What a worker on a queue does there. */
type QueueRole = { kind: 'agents' } | { kind: 'model'; tier: Tier } | { kind: 'workspace' };

export interface Queue {
  name: string;
  role: QueueRole;
}

/** `workspace-<host>` is for directories that only some machines have. */
const WORKSPACE_QUEUE = /^workspace(-[A-Za-z0-9._-]{1,64})?$/;

/** What one worker for all of it serves. */
export function allQueues(workspaceQueue: string): string[] {
  return [taskQueues.agents, ...TIERS.map((tier) => taskQueues.models[tier]), workspaceQueue];
}

/** Names as on the command line: separated by commas, spaces, or both. */
export function parseQueues(text: string): string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) throw unknownQueue('');
  return [...new Set(names)];
}

/** @throws UserError for a name that no agent would ever use */
export function queueOf(name: string): Queue {
  const tier = tierOn(name);
  if (tier) return { name, role: { kind: 'model', tier } };
  if (name === taskQueues.agents) return { name, role: { kind: 'agents' } };
  if (WORKSPACE_QUEUE.test(name)) return { name, role: { kind: 'workspace' } };
  throw unknownQueue(name);
}

/**
 * How many model calls of each tier a worker takes that come past their queue: as many as through it, of the tiers that it serves.
 * None where a rate is set, which only the queue can keep.
 */
export function placesPastQueues(
  queues: readonly string[],
  atOnce: Record<Tier, number>,
  ratePerSecond: Partial<Record<Tier, number | undefined>>,
): Partial<Record<Tier, number>> {
  const tiers = TIERS.filter((tier) => queues.includes(taskQueues.models[tier]) && !ratePerSecond[tier]);
  return Object.fromEntries(tiers.map((tier) => [tier, atOnce[tier]]));
}

function unknownQueue(name: string): UserError {
  return new UserError(
    'invalid',
    `--queues: ${JSON.stringify(name)} is no queue of agents. There are ${allQueues(taskQueues.workspace).join(', ')}, and workspace-<host> for directories that only some machines have.`,
  );
}
