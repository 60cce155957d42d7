/** A session's claim to be alive. Its workflow stops the session's agents when the claim is not renewed. */
import type { SessionInput } from '../../workflows/contract';
import { endSignal, LEASE_ACTIVITY, SESSION_WORKFLOW, sessionWorkflowId } from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import { type Config, isLocal } from '../config';
import type { Temporal } from '../temporal';
import { isNotFound } from '../temporalErrors';

export interface Lease {
  /** Makes sure that the lease is held, before an agent is started that depends on it. */
  hold(temporal: Temporal): Promise<void>;
  /** The session has ended: its workflow stops what is left of it. */
  release(temporal: Temporal): Promise<void>;
}

export interface LeaseOptions {
  sessionId: string;
  leaseMs: number;
  /** The server where it is now, because the service may move between two calls; undefined while there is none. */
  current: () => Promise<Temporal | undefined>;
}

/**
 * Silent leases in a row after which the session is lost. A sleep of the machine uses up one, however long it is, so
 * that the short awakenings of a closed laptop do not add up to a loss.
 */
const SILENCES = 4;

/**
 * Locally 25 s, four times: a killed client's agents are stopped within two minutes. A server elsewhere does not sleep
 * when the laptop does, and could not tell its sleep from its death: there it is twenty minutes.
 */
export function leaseMsOf(config: Pick<Config, 'sessionLeaseMs' | 'temporal'>): number {
  return config.sessionLeaseMs ?? (isLocal(config) ? 25_000 : 300_000);
}

/** Details of a heartbeat: by them the session's workflow knows that there was one. */
const HERE = 'here';
/** Short, so that heartbeat and start together do not exceed the time after which a server counts as unreachable. */
const HEARTBEAT_TIMEOUT_MS = 2_000;
/** So many heartbeats fit the time after which one would be missed. */
const BEATS = 5;

export function createLease({ sessionId, leaseMs, current }: LeaseOptions): Lease {
  const workflowId = sessionWorkflowId(sessionId);
  let timer: NodeJS.Timeout | undefined;
  let released = false;
  /** One renewal at a time for each connection: calls to a server that hangs would pile up. */
  const renewals = new Map<Temporal, Promise<void>>();

  function renew(temporal: Temporal): Promise<void> {
    const underWay = renewals.get(temporal);
    if (underWay) return underWay;
    const renewal = heartbeatOrTake(temporal).finally(() => renewals.delete(temporal));
    renewals.set(temporal, renewal);
    return renewal;
  }

  async function heartbeatOrTake(temporal: Temporal): Promise<void> {
    try {
      const activity = { workflowId, activityId: LEASE_ACTIVITY };
      await temporal.call(() => temporal.client.activity.heartbeat(activity, HERE), HEARTBEAT_TIMEOUT_MS);
    } catch {
      // There is none to renew: it is the first, or the session was lost, or one is over and the next not yet begun. Or
      // the server is away, which the next call says in words.
      if (!released) await take(temporal);
    }
  }

  /** Starts the session's workflow, unless it runs. */
  async function take(temporal: Temporal): Promise<void> {
    const input: SessionInput = { sessionId, leaseMs, silences: SILENCES };
    await temporal.call(() =>
      temporal.client.workflow.start(SESSION_WORKFLOW, {
        workflowId,
        taskQueue: taskQueues.agents,
        args: [input],
        staticSummary: 'lease of a session',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  }

  async function beat(): Promise<void> {
    const temporal = await current();
    if (temporal && !released) await renew(temporal);
  }

  return {
    async hold(temporal) {
      await renew(temporal);
      // What fails here is tried again at the next beat: a server that is away keeps the lease, and hears of us when it is back.
      timer ??= setInterval(() => void beat().catch(() => undefined), Math.ceil(leaseMs / BEATS)).unref();
    },
    async release(temporal) {
      released = true;
      clearInterval(timer);
      if (timer === undefined) return;
      try {
        // A signal arrives at any time; completing the lease would fail between one lease and the next.
        await temporal.call(() => temporal.client.workflow.getHandle(workflowId).signal(endSignal));
      } catch (error) {
        // The session was lost before, and its agents stopped.
        if (!isNotFound(error)) throw error;
      }
    },
  };
}
