/** A session's gate, as those outside see it: an agent is announced to it, asks how it stands, or is found to have ended. */
import { LRUCache } from 'lru-cache';
import type { AgentInput } from '../../workflows/contract';
import { GATE_WORKFLOW, gateWorkflowId, joinSignal, placesQuery } from '../../workflows/messages';
import { type Places, standing, type Ticket } from '../../workflows/places';
import { taskQueues } from '../../workflows/queues';
import type { Temporal } from '../temporal';
import { isNotFound } from '../temporalErrors';
import type { AgentsContext } from './context';
import { isOpen } from './facts';

/** The place that an agent of this session has to wait for; none where nothing limits it. */
export function placeFor({ config, session }: AgentsContext): Pick<AgentInput, 'place'> {
  const maxRunning = config.sessionLimits.maxRunningAgents;
  return maxRunning === undefined ? {} : { place: { gate: gateWorkflowId(session.id), maxRunning } };
}

/** Begins the gate when nobody is inside it, and puts the agent into its queue. */
export async function announce(
  { temporal }: AgentsContext,
  agentId: string,
  { place, createdAtMs }: Pick<AgentInput, 'place' | 'createdAtMs'>,
): Promise<void> {
  if (!place) return;
  const ticket: Ticket = { agentId, createdAtMs, maxRunning: place.maxRunning };
  await temporal
    .call(() =>
      temporal.client.workflow.signalWithStart(GATE_WORKFLOW, {
        workflowId: place.gate,
        taskQueue: taskQueues.agents,
        signal: joinSignal,
        signalArgs: [ticket],
        staticSummary: 'running agents of a session',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      }),
    )
    // The agent is there, and asks the gate by itself when nobody announces it.
    .catch(() => undefined);
}

/** Each of many waiting agents is asked for, twice a second: one answer of the gate is good for all of them. */
const FRESH_MS = 400;
const QUERY_TIMEOUT_MS = 2_000;
const asked = new WeakMap<Temporal, LRUCache<string, Promise<Places | undefined>>>();

/** Where an agent stands in its session's queue, in words; undefined for one that does not wait there, or when no worker answers. */
export async function standingOf(
  { temporal }: AgentsContext,
  session: string,
  agentId: string,
): Promise<string | undefined> {
  const recent = asked.get(temporal) ?? new LRUCache({ max: 100, ttl: FRESH_MS });
  asked.set(temporal, recent);
  const places = recent.get(session) ?? askForPlaces(temporal, session);
  recent.set(session, places, { noUpdateTTL: true });
  const known = await places;
  return known && standing(known, agentId);
}

async function askForPlaces({ client, call }: Temporal, session: string): Promise<Places | undefined> {
  const handle = client.workflow.getHandle(gateWorkflowId(session));
  return call(() => handle.query(placesQuery), QUERY_TIMEOUT_MS).catch(() => undefined);
}

/** Which of these agents have not ended. */
export async function openAgents({ client, call }: Temporal, agentIds: readonly string[]): Promise<string[]> {
  const hasNotEnded = async (agentId: string) => {
    try {
      return isOpen(await call(() => client.workflow.getHandle(agentId).describe()));
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  };
  const open = await Promise.all(agentIds.map(hasNotEnded));
  return agentIds.filter((_, index) => open[index]);
}
