/** Starts all agents through the product's own door, some at a time, so that the last ones are spawned between blows like the first. */
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '@temporalio/client';
import { list, spawn } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { UserError } from '../../src/agents/errors';
import type { AgentPlan } from '../plan/agents';
import { say } from '../progress';
import type { Sabotage } from '../sabotage';
import type { Watch } from './watch';

/** Longer than any run: no agent of it may end by the clock. */
const TIMEOUT_MS = 24 * 3_600_000;
const AT_ONCE = 20;
const POLL_MS = 500;

/** By the agent's number: the ids that its spawns came to, which must all be the same. */
type SpawnedIds = string[][];

export interface Spawning {
  ids: SpawnedIds;
  /** Spawned and not ended, as the server last said. */
  open: number;
}

/** Resolves when all are spawned and have ended, or nothing moves any more. */
export async function spawnAll(
  agents: AgentsContext,
  plans: readonly AgentPlan[],
  watch: Watch,
  spawning: Spawning,
  sabotage?: Sabotage,
): Promise<void> {
  const mostOpen = Math.max(30, Math.ceil(plans.length / 4));
  for (let next = 0; !watch.isStuck; ) {
    const open = await countOpen(agents);
    if (open !== undefined) spawning.open = open;
    if (open === 0 && next === plans.length) return;
    const room = open === undefined ? 0 : Math.min(AT_ONCE, Math.max(0, mostOpen - open));
    const batch = plans.slice(next, next + room);
    await Promise.all(
      batch.map(async (plan) => {
        spawning.ids[plan.index] = await spawnPlanned(agents, plan, watch, sabotage);
      }),
    );
    next += batch.length;
    if (batch.length === 0) await delay(POLL_MS);
  }
}

/** Undefined while the server is away. */
async function countOpen(agents: AgentsContext): Promise<number | undefined> {
  try {
    const { counts } = await list(agents, { scope: 'workspace', limit: 1 });
    return counts.pending + counts.running + counts.waiting;
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  }
}

async function spawnPlanned(
  agents: AgentsContext,
  plan: AgentPlan,
  watch: Watch,
  sabotage: Sabotage | undefined,
): Promise<string[]> {
  const ids: string[] = [];
  const times = plan.askedTwice ? 2 : 1;
  while (ids.length < times && !watch.isStuck) {
    const key = sabotage === 'spawning' && ids.length > 0 ? undefined : plan.marker;
    const { agent_id } = (await tryToSpawn(agents, plan, key)) ?? {};
    if (agent_id === undefined) await delay(POLL_MS);
    else ids.push(agent_id);
  }
  return [...new Set(ids)];
}

/** Undefined when there was no answer: whether there is an agent now, only the same key can tell. */
async function tryToSpawn(agents: AgentsContext, plan: AgentPlan, key: string | undefined) {
  try {
    return await spawn(agents, {
      task: plan.task,
      agent_type: plan.agentType,
      lifetime: 'detached',
      timeout_ms: TIMEOUT_MS,
      ...(key === undefined ? {} : { idempotency_key: key }),
    });
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  }
}

/** Told to be asked again; whatever else an error is, the server did not get to refuse anything. */
function isNoAnswer(error: unknown): boolean {
  if (error instanceof UserError) return error.kind === 'unreachable';
  if (!(error instanceof ServiceError)) return false;
  say(`an error that no user should see: ${error.message}: ${String(error.cause)}`);
  return true;
}
