/** A session that callers name, for transports without a connection. Its workflow keeps what has to outlive this process. */
import type { SignalDefinition } from '@temporalio/common';
import { LRUCache } from 'lru-cache';
import type { NamedSessionInput } from '../../workflows/contract';
import {
  endSignal,
  heardSignal,
  holdSignal,
  NAMED_SESSION_WORKFLOW,
  readingsQuery,
  readSignal,
  sessionWorkflowId,
} from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import type { Move } from '../../workflows/readings';
import type { Temporal } from '../temporal';
import { isNotFound } from '../temporalErrors';
import { shortHash } from './ids';
import type { Lease } from './lease';
import type { Caller } from './owner';
import type { ReadingPlaces } from './readingPlaces';
import { newSession, type Session } from './session';

interface NamedSessionOptions {
  caller: Caller;
  /** Undefined for all calls of this caller that name none. */
  name: string | undefined;
  silenceMs: number;
  /** The server where it is now; undefined while there is none. */
  current: () => Promise<Temporal | undefined>;
}

export interface NamedSession extends Session {
  /** Somebody calls in its name: it is no silence until the call is over, which what is returned says. */
  enter(): () => void;
}

/** Its workflow is told of calls so many times in the silence after which it is lost. */
const BEATS = 5;
/** One that is in no hurry to be read waits no longer for a worker than this. */
const QUERY_TIMEOUT_MS = 2_000;
/** Keys whose agent is found without asking the server. */
const KEPT_KEYS = 1_000;

/** The same for the same name of the same owner, wherever it is asked for; it tells neither of them. */
export function namedSessionId({ owner }: Caller, name: string | undefined): string {
  return `n-${shortHash(JSON.stringify([owner ?? null, name ?? null]))}`;
}

export function namedSession({ caller, name, silenceMs, current }: NamedSessionOptions): NamedSession {
  const id = namedSessionId(caller, name);
  const workflow = workflowOf({ sessionId: id, silenceMs });
  const beatMs = Math.ceil(silenceMs / BEATS);
  let heardAtMs = 0;

  async function hear(): Promise<void> {
    const temporal = await current().catch(() => undefined);
    if (!temporal || Date.now() - heardAtMs < beatMs) return;
    heardAtMs = Date.now();
    // One that holds nothing yet is not begun for this.
    await workflow.tell(temporal, heardSignal).catch(() => undefined);
  }

  return {
    ...newSession(id, placesOf(workflow, current), caller),
    keyed: new LRUCache({ max: KEPT_KEYS }),
    ...(name === undefined ? { isEndless: true } : { lease: leaseOf(workflow) }),
    enter() {
      // Nothing ends with the silence of those that name none.
      if (name === undefined) return () => undefined;
      void hear();
      const timer = setInterval(() => void hear(), beatMs).unref();
      return () => {
        clearInterval(timer);
        void hear();
      };
    },
  };
}

/** Every call renews it, and a spawn in any case. */
function leaseOf(workflow: SessionWorkflow): Lease {
  return {
    hold: workflow.hold,
    release: (temporal) => workflow.tell(temporal, endSignal),
  };
}

function placesOf(workflow: SessionWorkflow, current: NamedSessionOptions['current']): ReadingPlaces {
  return {
    async of(keys) {
      const temporal = await current().catch(() => undefined);
      return temporal && workflow.readings(temporal, keys);
    },
    async move(key, move) {
      const temporal = await current().catch(() => undefined);
      if (temporal) await workflow.note(temporal, key, move).catch(() => undefined);
    },
  };
}

type SessionWorkflow = ReturnType<typeof workflowOf>;

function workflowOf(input: NamedSessionInput) {
  const workflowId = sessionWorkflowId(input.sessionId);
  /** It is begun by the first of these that comes. */
  const start = {
    workflowId,
    taskQueue: taskQueues.agents,
    args: [input],
    staticSummary: 'a session that is named',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  };
  return {
    async hold({ client, call }: Temporal) {
      const hold = { signal: holdSignal, signalArgs: [input.silenceMs] as [number] };
      await call(() => client.workflow.signalWithStart(NAMED_SESSION_WORKFLOW, { ...start, ...hold }));
    },
    async note({ client, call }: Temporal, key: string, move: Move) {
      const read = { signal: readSignal, signalArgs: [key, move] as [string, Move] };
      await call(() => client.workflow.signalWithStart(NAMED_SESSION_WORKFLOW, { ...start, ...read }));
    },
    async tell(temporal: Temporal, signal: SignalDefinition) {
      try {
        await temporal.call(() => temporal.client.workflow.getHandle(workflowId).signal(signal));
      } catch (error) {
        // It was never begun, or nobody has called in its name for as long as results are kept.
        if (!isNotFound(error)) throw error;
      }
    },
    async readings(temporal: Temporal, keys: readonly string[]) {
      const handle = temporal.client.workflow.getHandle(workflowId);
      try {
        return new Map(await temporal.call(() => handle.query(readingsQuery, keys), QUERY_TIMEOUT_MS));
      } catch (error) {
        return isNotFound(error) ? new Map() : undefined;
      }
    },
  };
}
