/** The two things compared, as the benchmark drives them: our agents through their own door, the other by the bare client. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { newSession, newSessionId, spawn, status } from '../src/agents';
import type { AgentsContext } from '../src/agents/context';
import { loadConfig } from '../src/config';
import { openAgents } from '../src/open';
import { taskQueues } from '../workflows/queues';
import type { Cluster } from './cluster';
import { minimalAgent, turnQuery } from './minimal/workflow';
import { MINIMAL_QUEUE } from './workers';

export interface Side {
  workerPid: number;
  /** Resolves once the id is known. */
  start(task: string): Promise<string>;
  /** Resolves when the agent has ended. */
  ended(id: string): Promise<unknown>;
  status(id: string): Promise<unknown>;
  /** Events in the history, and its size. */
  history(id: string): Promise<{ events: number; bytes: number }>;
}

export interface Sides {
  ours: Side;
  minimal: Side;
}

/** The connection stays open until the process ends: closed under calls in flight, it throws from a timer. */
export async function openSides(cluster: Cluster): Promise<Sides> {
  const agents = await openOurAgents(cluster);
  const { client } = agents.temporal;
  const common = {
    ended: (id: string) => client.workflow.getHandle(id).result(),
    history: async (id: string) => {
      const { historyLength, historySize } = await client.workflow.getHandle(id).describe();
      return { events: historyLength, bytes: historySize ?? 0 };
    },
  };
  return {
    ours: {
      ...common,
      workerPid: cluster.workerPids.ours,
      start: async (task) => (await spawn(agents, { task, agent_type: 'explore' })).agent_id,
      status: (id) => status(agents, id),
    },
    minimal: {
      ...common,
      workerPid: cluster.workerPids.minimal,
      start: async (task) => {
        const workflowId = `minimal-${randomUUID()}`;
        const args: Parameters<typeof minimalAgent> = [{ task, workspace: cluster.workspace }];
        await client.workflow.start(minimalAgent, { workflowId, taskQueue: MINIMAL_QUEUE, args });
        return workflowId;
      },
      status: (id) => client.workflow.getHandle(id).query(turnQuery),
    },
  };
}

/** The configuration of a new user who named this server, and nothing of this machine's settings. */
export async function openOurAgents({ target, home, workspace }: Cluster): Promise<AgentsContext> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BGA_|ANTHROPIC_|TEMPORAL_)/.test(name));
  const env = {
    ...Object.fromEntries(kept),
    BGA_HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    TEMPORAL_ADDRESS: target.address,
  };
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
