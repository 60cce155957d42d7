/** The two things compared, as the benchmark drives them: our agents through their own door, the other by the bare client. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { kill, newSession, newSessionId, spawn, status } from '../src/agents';
import type { AgentsContext } from '../src/agents/context';
import { loadConfig } from '../src/config';
import { openAgents } from '../src/open';
import type { TemporalTarget } from '../src/temporal';
import { taskQueues } from '../workflows/queues';
import type { Cluster } from './cluster';
import type { MinimalInput } from './minimal/types';
import { minimalAgent, turnQuery } from './minimal/workflow';
import { type HistoryEvent, turnTimesMs } from './turns';
import { MINIMAL_QUEUE } from './workers';

/** Longer than any part takes. */
const TIMEOUT_MS = 86_400_000;

export interface Side {
  workerPid: number;
  /** Resolves once the id is known. */
  start(task: string, maxTurns?: number): Promise<string>;
  stop(id: string): Promise<unknown>;
  /** Resolves when the agent has ended. */
  ended(id: string): Promise<unknown>;
  status(id: string): Promise<unknown>;
  /** Events in the history, and its size, over all the runs that it went on in. */
  history(id: string): Promise<{ events: number; bytes: number }>;
  /** How long each of its turns took, from the first on. */
  turnTimesMs(id: string): Promise<number[]>;
}

export interface Sides {
  ours: Side;
  minimal: Side;
  /** The minimal one with its activities on a queue of their own, as limits by tier need it. */
  apart: Side;
}

/** The connection stays open until the process ends: closed under calls in flight, it throws from a timer. */
export async function openSides(cluster: Cluster): Promise<Sides> {
  const agents = await openOurAgents(cluster);
  const { client } = agents.temporal;
  const common = {
    ended: (id: string) => client.workflow.getHandle(id).result(),
    history: async (id: string) => {
      const all = { events: 0, bytes: 0 };
      for (const { historyLength, historySize = 0 } of await runsOf(client, id)) {
        all.events += historyLength;
        all.bytes += historySize;
      }
      return all;
    },
    turnTimesMs: async (id: string) => {
      const events: HistoryEvent[] = [];
      for (const { runId } of await runsOf(client, id)) {
        const history = await client.workflow.getHandle(id, runId).fetchHistory();
        events.push(...(history.events ?? []));
      }
      return turnTimesMs(events);
    },
  };
  const minimal = (how: Pick<MinimalInput, 'isApart'> = {}): Side => ({
    ...common,
    workerPid: cluster.workerPids.minimal,
    start: async (task) => {
      const workflowId = `minimal-${randomUUID()}`;
      const args: Parameters<typeof minimalAgent> = [{ task, workspace: cluster.workspace, ...how }];
      await client.workflow.start(minimalAgent, { workflowId, taskQueue: MINIMAL_QUEUE, args });
      return workflowId;
    },
    stop: (id) => client.workflow.getHandle(id).cancel(),
    status: (id) => client.workflow.getHandle(id).query(turnQuery),
  });
  return {
    ours: {
      ...common,
      workerPid: cluster.workerPids.ours,
      start: async (task, max_turns) =>
        (await spawn(agents, { task, agent_type: 'explore', max_turns, timeout_ms: TIMEOUT_MS })).agent_id,
      stop: (id) => kill(agents, id),
      status: (id) => status(agents, id),
    },
    minimal: minimal(),
    apart: minimal({ isApart: true }),
  };
}

/** Every run of an agent, oldest first. */
async function runsOf(client: Client, id: string): Promise<WorkflowExecutionDescription[]> {
  const runs: WorkflowExecutionDescription[] = [];
  for (let runId: string | undefined; runId !== ''; ) {
    const run = await client.workflow.getHandle(id, runId).describe();
    runs.unshift(run);
    runId = await runBefore(client, id, run.runId);
  }
  return runs;
}

/** Id of the run that this one continues, or an empty text. Of a history of 500 turns the whole is more than a client takes. */
async function runBefore(
  { workflowService, options }: Client,
  workflowId: string,
  runId: string,
): Promise<string> {
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
}

/** The environment of a new user: nothing of this machine's settings. */
export function newUser(home: string, target?: TemporalTarget): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BGA_|ANTHROPIC_|TEMPORAL_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    BGA_HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    ...(target ? { TEMPORAL_ADDRESS: target.address } : {}),
  };
}

export async function openOurAgents(
  cluster: Pick<Cluster, 'target' | 'home' | 'workspace'>,
): Promise<AgentsContext> {
  const { target, home, workspace } = cluster;
  const env = newUser(home, target);
  const opened = await openAgents({
    config: loadConfig({ env, workspace }),
    env,
    session: newSession(newSessionId()),
    workspace,
    onProgress: () => undefined,
  });
  // As on the local service, which this stands for.
  return { ...opened, toolQueue: taskQueues.agents };
}
