/** One worker process: it runs the workflows and the activities of the queues that it is told. */
import { join } from 'node:path';
import {
  type InjectedSinks,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { type ActivityDeps, createActivities } from '../activities';
import { createMeasures } from '../activities/measures';
import { createModelPlaces } from '../activities/model/places';
import { type QueryConversation, type RunId, type Transcripts, transcripts } from '../activities/transcript';
import type { Ending, EndingSinks } from '../workflows/announcing';
import type { Tier } from '../workflows/contract';
import { conversationQuery } from '../workflows/messages';
import type { ConversationSinks } from '../workflows/telling';
import { stopSessionAgents } from './agents/endSession';
import { openAgents } from './agents/gate';
import { recallAgent } from './agents/recall';
import { countOpen, type OpenCounts } from './agents/visibility';
import type { WorkerState } from './health/worker';
import { callFields } from './log/temporal';
import { placesPastQueues, type Queue, queueOf } from './queues';
import { type Temporal, type TemporalTarget, temporalOver } from './temporal';
import type { Traces } from './traces/traces';

export interface WorkerSettings {
  target: TemporalTarget;
  /** Names of the task queues that it serves. */
  queues: readonly string[];
  /** Activities of each kind that this worker runs at once. */
  concurrency: Record<Tier | 'workspace', number>;
  /** Model calls started a second on each tier. The server enforces it over all workers; the last one's word counts. */
  ratePerSecond?: Partial<Record<Tier, number | undefined>>;
  /** Time for calls in flight to end by themselves at a shutdown; what is left is aborted and taken over by another worker. */
  shutdownGraceMs: number;
  /** Absent: agents are not traced. */
  traces?: Traces;
  activities: Omit<
    ActivityDeps,
    'transcript' | 'stopSessionAgents' | 'openAgents' | 'recallAgent' | 'draining' | 'measures' | 'places'
  >;
}

export interface RunningWorker {
  /** Settles when the worker has stopped; rejects when it broke. */
  done: Promise<void>;
  /** Stops taking work, lets calls in flight end, and hands over those that do not. */
  stop(): Promise<void>;
  state(): WorkerState;
  /** Agents of the namespace that have not ended, by status. */
  countOpen(): Promise<OpenCounts>;
  /** Whether the Temporal server answers just now. */
  serverAnswers(): Promise<boolean>;
}

/** Built by `npm run build`: a worker that bundles at its start needs 2.4 s instead of 0.9 s. */
const WORKFLOW_BUNDLE = join(__dirname, '..', 'workflow-bundle.js');
/** The same with `failureConverter.ts`: workflows cannot be told at run time how to write their failures. */
const ENCRYPTED_WORKFLOW_BUNDLE = join(__dirname, '..', 'workflow-bundle-encrypted.js');

/**
 * Agents kept in memory between two of their turns; another one is replayed from its history when it goes on. Each takes
 * 0.4 MB and more, beside 250 MB of the worker itself: the SDK's own default (2,310 where Node.js may use 4 GB) came to 1.13 GB.
 */
const CACHED_AGENTS = 1_000;

/**
 * The SDK ends workflow code after 5 s, on a clock that runs on while the process is stopped, and ending it breaks Node.js
 * ("async hook stack has become corrupted", nodejs/node#38503, temporalio/sdk-typescript#939): two of seven workers that slept
 * for 5 s just after they had woken died of it. The option is not in the SDK's types. An agent's own code has no endless loop,
 * and the server gives a workflow task that takes too long to another worker anyway.
 */
const NO_LIMIT_ON_WORKFLOW_CODE = { isolateExecutionTimeout: '1d' };

/** In the burst after a restart a queue of workflows answers late; too short a deadline failed 26 of 100 agents. */
const CONVERSATION_TIMEOUT_MS = 10_000;
/** Whoever asks for a worker's readiness waits no longer than a few seconds. */
const ANSWER_TIMEOUT_MS = 2_000;

export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { target, concurrency, traces, ratePerSecond = {} } = settings;
  const places = placesPastQueues(settings.queues, concurrency, ratePerSecond);
  const connection = await NativeConnection.connect({ ...target.connection, address: target.address });
  const temporal = temporalOver(connection, target);
  const { namespace, dataConverter = {} } = target;
  const shared = { connection, namespace, dataConverter, shutdownGraceTime: settings.shutdownGraceMs };
  const codePath = dataConverter.failureConverterPath ? ENCRYPTED_WORKFLOW_BUNDLE : WORKFLOW_BUNDLE;
  const conversations = transcripts(asker(temporal));
  const draining = new AbortController();
  const untraced = createActivities({
    ...settings.activities,
    ...(traces ? { models: traces.models(settings.activities.models) } : {}),
    draining: draining.signal,
    measures: createMeasures(Runtime.instance().metricMeter),
    places: createModelPlaces(places),
    transcript: conversations.read,
    stopSessionAgents: (...session) => stopSessionAgents({ temporal }, ...session),
    openAgents: (agentIds) => openAgents(temporal, agentIds),
    recallAgent: (run, ended) => recallAgent(temporal, run, ended),
  });
  const activities = traces?.activities(untraced) ?? untraced;
  const work = (taskQueue: string, atOnce: number): WorkerOptions => ({
    ...shared,
    taskQueue,
    activities,
    maxConcurrentActivityTaskExecutions: atOnce,
    maxConcurrentLocalActivityExecutions: atOnce,
    interceptors: { activity: [callFields] },
    // A cancellation travels on heartbeats: it may not be held back by more than this.
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
  });
  const optionsFor = ({ name, role }: Queue): WorkerOptions => {
    switch (role.kind) {
      case 'agents':
        return {
          ...work(name, concurrency.workspace + sumOf(places)),
          ...NO_LIMIT_ON_WORKFLOW_CODE,
          workflowBundle: { codePath },
          sinks: sinksOf(conversations, traces),
          maxCachedWorkflows: CACHED_AGENTS,
          // After a crash the server offers the work to the others this soon.
          stickyQueueScheduleToStartTimeout: '2s',
        };
      case 'workspace':
        return work(name, concurrency.workspace);
      case 'model': {
        const perSecond = ratePerSecond[role.tier];
        return {
          ...work(name, concurrency[role.tier]),
          ...(perSecond === undefined ? {} : { maxTaskQueueActivitiesPerSecond: perSecond }),
        };
      }
    }
  };
  const workers = await Promise.all(
    settings.queues.map(queueOf).map((queue) => Worker.create(optionsFor(queue))),
  );
  const shutDown = () => {
    draining.abort();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const runs = workers.map((worker) => worker.run());
  const done = Promise.all(runs)
    .catch(async (error: unknown) => {
      // One of them broke: a process that serves half of the queues would look alive and do nothing.
      shutDown();
      await Promise.allSettled(runs);
      throw error;
    })
    .then(() => undefined)
    .finally(() => connection.close())
    .finally(() => traces?.close());
  return {
    done,
    stop: async () => {
      shutDown();
      await done;
    },
    state: () => ({ draining: draining.signal.aborted, queues: workers.map(pollingOf) }),
    countOpen: () => countOpen(temporal),
    serverAnswers: () => answers(temporal),
  };
}

function sumOf(counts: Partial<Record<Tier, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function pollingOf(worker: Worker) {
  const { runState, workflowPollerState, activityPollerState } = worker.getStatus();
  const failed = [workflowPollerState, activityPollerState].includes('FAILED');
  return { queue: worker.options.taskQueue, polling: runState === 'RUNNING' && !failed };
}

async function answers({ client }: Temporal): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () => client.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

function sinksOf(
  { hear, forget }: Transcripts,
  traces: Traces | undefined,
): InjectedSinks<ConversationSinks & EndingSinks> {
  const ended = (run: RunId, ending: Ending) => {
    forget(run);
    traces?.ended(run.workflowId, ending);
  };
  return { conversation: { grew: { fn: hear } }, agent: { ended: { fn: ended } } };
}

/** Asks the workflow over the worker's own connection. */
function asker({ client }: Temporal): QueryConversation {
  return ({ workflowId, runId }, from, to) =>
    client.withDeadline(Date.now() + CONVERSATION_TIMEOUT_MS, () =>
      client.workflow.getHandle(workflowId, runId).query(conversationQuery, from, to),
    );
}
