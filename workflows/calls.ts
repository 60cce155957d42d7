/** What an agent does in the world: it asks its model, has its older turns summarised, and runs tools. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type {
  AgentActivities,
  ModelCall,
  ModelReply,
  Summary,
  TierModel,
  ToolCall,
  ToolResult,
  ToolUseBlock,
} from './contract';
import { patienceOf } from './fallback';
import { hadNoPlace, isCancellation, lacksKey } from './faults';
import { titleOf } from './fit';
import { taskQueues } from './queues';
import type { AgentRun } from './run';
import { spendingOf } from './spending';
import { progressOf } from './state';
import { describeCall, oneLine } from './text';
import { tryTool } from './trying';

/** Longest wait for the heartbeat of a living worker: a kill -9 is noticed after this, and a cancellation travels on heartbeats. */
const HEARTBEAT_TIMEOUT = '4s';
/** Deadlines of a call are the activity's own; this only has to outlast them, and a wait for a person. */
const CALL_TIMEOUT = '30 days';
const TITLE_CHARS = 60;

function activitiesOn(taskQueue: string, summary: string, maximumAttempts?: number) {
  return proxyActivities<AgentActivities>({
    taskQueue,
    summary: titleOf(summary, TITLE_CHARS),
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    startToCloseTimeout: CALL_TIMEOUT,
    // The cancelled call hands back the text it had.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      // Short, because a killed worker's calls wait for it too; a provider's failures bring their own delay.
      initialInterval: '500ms',
      backoffCoefficient: 2,
      maximumInterval: '60s',
      ...(maximumAttempts === undefined ? {} : { maximumAttempts }),
    },
  });
}

/** Attempts are bounded by the agent's time, not by a count: an outage of an hour must not end a day's audit. */
export async function callModel(run: AgentRun, waitingFor?: string): Promise<ModelReply> {
  const { input, state } = run;
  const { tier, model } = run.served;
  const call: ModelCall = {
    model,
    tier,
    provider: input.provider,
    messageCount: state.messages.length,
    ...(state.epoch === 0 ? {} : { epoch: state.epoch }),
    progress: progressOf(state),
    ...spendingOf(input.limits),
    ...patienceOf(input.fallback, state),
    ...(waitingFor === undefined ? {} : { waitingFor }),
  };
  run.tell();
  const summary = `${tier}, turn ${state.turn + 1}`;
  if (run.shortCut.open) {
    try {
      return await activitiesOn(taskQueues.agents, summary).callModel(call);
    } catch (error) {
      if (!hadNoPlace(error)) throw error;
      run.shortCut.sentBack();
    }
  }
  const reply = await activitiesOn(taskQueues.models[tier], summary).callModel(call);
  run.shortCut.answered(reply.queuedMs);
  return reply;
}

/** A summary may fail, or be more than the agent may spend: it then goes on with less. */
const SUMMARY_ATTEMPTS = 4;

export function summariserOf({ input, served }: AgentRun): Pick<TierModel, 'tier' | 'model'> {
  return input.summaryModel === undefined ? served : { tier: 'haiku', model: input.summaryModel };
}

/** Of the messages before number `messageCount`. */
export async function summarise(run: AgentRun, messageCount: number): Promise<Summary> {
  const { input, state } = run;
  const { provider } = input;
  const { tier, model } = summariserOf(run);
  return activitiesOn(
    taskQueues.models[tier],
    `${tier}, summary after turn ${state.turn}`,
    SUMMARY_ATTEMPTS,
  ).summarise({
    model,
    provider,
    messageCount,
    epoch: state.epoch,
    progress: progressOf(state),
    ...spendingOf(input.limits),
  });
}

/** A tool that keeps taking its worker down is given up after this many workers, and the model is told. */
const TOOL_ATTEMPTS = 20;

/** Never throws for a cancellation: a call that was stopped has the result `aborted`. */
export async function callTool(run: AgentRun, use: ToolUseBlock): Promise<ToolResult> {
  const { input, state } = run;
  if (!input.tools.includes(use.name)) return unknownTool(use.name, input.tools);
  const call: ToolCall = {
    id: use.id,
    name: use.name,
    input: use.input,
    ...(use.malformedInput === undefined ? {} : { malformedInput: use.malformedInput }),
    workspace: input.workspace,
    progress: progressOf(state),
  };
  const summary = describeCall(use.name, use.input, TITLE_CHARS);
  try {
    const quick = await tryTool(input.triesToolsFirst, call, titleOf(summary, TITLE_CHARS));
    return quick ?? (await activitiesOn(input.toolQueue, summary, TOOL_ATTEMPTS).callTool(call));
  } catch (error) {
    if (isCancellation(error)) return { text: 'Stopped before it was done.', isError: true, aborted: true };
    // The tool was never run. Once its worker has the key, it will be.
    if (lacksKey(error)) return callTool(run, use);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { text: `${use.name} failed: ${oneLine(String(cause), 300)}`, isError: true };
  }
}

function unknownTool(name: string, tools: readonly string[]): ToolResult {
  return {
    text: `There is no tool "${oneLine(name, 80)}". The tools are: ${tools.join(', ')}.`,
    isError: true,
  };
}
