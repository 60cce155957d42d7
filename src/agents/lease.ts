/** A session's claim to be alive. Its workflow stops the session's agents when the claim is not renewed. */
import { ActivityNotFoundError } from '@temporalio/client';
import type { SessionInput } from '../../workflows/contract';
import { LEASE_ACTIVITY, SESSION_WORKFLOW, sessionWorkflowId } from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import { type Config, isLocal } from '../config';
import type { AgentsContext } from './context';

export interface Lease {
  /** Makes sure that the lease is held, before an agent is started that depends on it. */
  hold(context: AgentsContext): Promise<void>;
  /** The session has ended: its workflow stops what is left of it. */
  release(): Promise<void>;
}

/**
 * Locally 55 s, twice: a killed client's agents are stopped within two minutes. A server elsewhere does not sleep when
 * the laptop does, and could not tell its sleep from its death: there it is ten minutes.
 */
export function leaseMsOf(config: Pick<Config, 'sessionLeaseMs' | 'temporal'>): number {
  return config.sessionLeaseMs ?? (isLocal(config) ? 55_000 : 600_000);
}

/** Details of a heartbeat: by them the session's workflow knows that there was one. */
const HERE = 'here';
/** So many heartbeats fit the time after which one would be missed. */
const BEATS = 5;

export function createLease(sessionId: string, leaseMs: number): Lease {
  let held: AgentsContext | undefined;
  let timer: NodeJS.Timeout | undefined;
  const activity = { workflowId: sessionWorkflowId(sessionId), activityId: LEASE_ACTIVITY };

  async function beat(): Promise<void> {
    const context = held;
    if (!context) return;
    const { temporal } = context;
    try {
      await temporal.call(() => temporal.client.activity.heartbeat(activity, HERE));
    } catch (error) {
      // Between two leases there is nothing to heartbeat; after them the session is lost, and a new one is begun.
      if (error instanceof ActivityNotFoundError) await take(context).catch(() => undefined);
      // Anything else: the server is away. It keeps the lease while it is down, and hears of us when it is back.
    }
  }

  /** Starts the session's workflow, unless it runs. */
  async function take({ temporal }: AgentsContext): Promise<void> {
    const input: SessionInput = { sessionId, leaseMs };
    await temporal.call(() =>
      temporal.client.workflow.start(SESSION_WORKFLOW, {
        workflowId: activity.workflowId,
        taskQueue: taskQueues.agents,
        args: [input],
        staticSummary: 'lease of a session',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  }

  return {
    async hold(context) {
      const isNew = held === undefined;
      // The latest: the service may have moved since.
      held = context;
      if (!isNew) return;
      try {
        await take(context);
      } catch (error) {
        held = undefined;
        throw error;
      }
      timer = setInterval(() => void beat(), Math.ceil(leaseMs / BEATS));
      timer.unref();
    },
    async release() {
      clearInterval(timer);
      const context = held;
      held = undefined;
      if (!context) return;
      const { temporal } = context;
      await temporal.call(() => temporal.client.activity.complete(activity, undefined));
    },
  };
}
