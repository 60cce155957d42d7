/**
 * The types that cross a boundary: client to workflow, workflow to activity, workflow to reader.
 * All of them are plain JSON. Nothing here imports anything else, so every layer may import it.
 */

import type { Segment } from './logLine';
import type { AssistantBlock, Json } from './message';
import type { Outcome } from './outcome';
import type { Served, Usage } from './usageContract';

export type * from './logLine';
export type * from './message';
export * from './outcome';
export type * from './sessionContract';
export type * from './usageContract';

export const TIERS = ['haiku', 'sonnet', 'opus'] as const;
export type Tier = (typeof TIERS)[number];

export const PROVIDERS = ['anthropic', 'offline'] as const;
/** Who answers: the Anthropic API (or a gateway that speaks it), or the built-in offline scout. */
export type Provider = (typeof PROVIDERS)[number];

export const LIFETIMES = ['session', 'detached'] as const;
export type Lifetime = (typeof LIFETIMES)[number];

export const AGENT_STATUSES = ['pending', 'running', 'waiting', 'completed', 'failed', 'killed'] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

export interface AgentLimits {
  maxTurns: number;
  /** Wall time in milliseconds; time spent `waiting` is not counted. */
  timeoutMs: number;
  /** How long a question of the agent waits for its answer; absent in agents of before there were any, which cannot ask. */
  askTimeoutMs?: number;
  /** How often the very same tool call may be repeated before the agent is stopped with `loop`. */
  maxRepeatedCalls: number;
  /** Output tokens of one model call. */
  maxOutputTokens: number;
  /** US dollars over the whole agent; absent means no limit. */
  maxCostUsd?: number;
  /** Tokens over the whole agent, in and out, cached ones too; absent means no limit. */
  maxTotalTokens?: number;
}

/** A model, and the tier whose queue and limits its calls use. */
export interface TierModel {
  tier: Tier;
  model: string;
  /** As in `AgentInput`. */
  contextTokens?: number;
}

/** Which models take over, one after the other, each time that the one before was not available for so long. */
export interface Fallback {
  afterMs: number;
  models: TierModel[];
}

/** Everything an agent needs, fixed at spawn: an upgrade or a changed configuration does not alter a running agent. */
export interface AgentInput {
  task: string;
  agentType: string;
  /** The system prompt. */
  instructions: string;
  /** Names of the tools the model may call. */
  tools: string[];
  tier: Tier;
  /** Model id as sent to the provider. */
  model: string;
  provider: Provider;
  /** Absolute path of the directory the agent may read. */
  workspace: string;
  lifetime: Lifetime;
  session: string;
  /** On whose behalf it was spawned; absent: for the user of the machine. Its children are of the same. */
  owner?: string;
  /** Task queue of its tool calls: that of the worker which sees the workspace. */
  toolQueue: string;
  /**
   * That worker is the one which runs the agent itself: a call is first tried there, within its workflow task. The try is
   * titled after the whole call, or, as titles are not encrypted, after its tool alone; `true`, of agents of before: after neither.
   */
  triesToolsFirst?: boolean | 'call' | 'tool';
  /**
   * Its model calls may go to the worker that runs the agent itself, past the queue of their tier, where that queue is short and
   * the worker has a place free for them.
   */
  asksModelHere?: true;
  name?: string;
  limits: AgentLimits;
  /** Present where the running agents of a session are limited: it waits at this gate first. */
  place?: { gate: string; maxRunning: number };
  /** Tokens that its model takes in and gives out at once; absent: the usual. */
  contextTokens?: number;
  /** Model of the haiku tier that summarises its older turns; absent: its own model. */
  summaryModel?: string;
  /** When it goes on in a new run; absent: the usual. */
  historyLimits?: HistoryLimits;
  /**
   * Whether its model calls can be cut short by `resume`. Absent in agents of versions that could not: a scope around the call
   * changes the order in which a kill is recorded, so that their histories would not replay.
   */
  resumable?: true;
  /** Turns that it is given at once; present in one that went on after an ending, whose `maxTurns` counts those before. */
  turnsAtOnce?: number;
  /** Absent: it stays with its model, however long that is not available. */
  fallback?: Fallback;
  /**
   * It leaves its progress in its memo at its end, where lists find it. Absent in agents of versions that did not: it is one
   * more command, so that their histories would not replay.
   */
  leavesProgress?: true;
  /** Of whatever it was spawned in the course of, as W3C's Trace Context writes it: its own trace links to that. */
  traceparent?: string;
  /** Milliseconds since the epoch, by the spawner's clock. */
  createdAtMs: number;
}

/** How much one run of a workflow may record before the agent goes on in the next. */
export interface HistoryLimits {
  events: number;
  /** Beyond those that the run began with. */
  bytes: number;
}

/** Why a model stopped. `aborted`: the call was cancelled, and `blocks` is what it had said by then. */
export type StopReason = 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal' | 'pause_turn' | 'aborted';

/** Where an agent stands, as far as the workflow knew when it scheduled an activity; activities heartbeat it. */
export interface Progress {
  /** When a worker first took the agent. */
  startedAtMs: number;
  turn: number;
  toolCalls: number;
  usage: Usage;
  /** Who took what of `usage`; absent while its own model took all of it. */
  shares?: readonly Served[];
}

/** Argument of `callModel`. It names the conversation by its length; the activity queries the workflow for the messages. */
export interface ModelCall {
  model: string;
  tier: Tier;
  provider: Provider;
  /** How many messages of the conversation this call sends, … */
  messageCount: number;
  /** … as it is after so many compactions; absent: none. */
  epoch?: number;
  progress: Progress;
  /** Present where something is limited: the call is then made so that it cannot go past it, or not at all. */
  spending?: Pick<AgentLimits, 'maxCostUsd' | 'maxTotalTokens'>;
  /** Set when the agent waits for a person: why it waits. The activity then probes every 30 s until the call succeeds. */
  waitingFor?: string;
  /** After so long without a success the call fails as `unavailable`, and another model takes over. */
  giveUpAfterMs?: number;
}

export interface ModelReply {
  blocks: AssistantBlock[];
  stop: StopReason;
  /** A tool call that the output limit cut off; it is not among `blocks`, so that it can never run. */
  truncatedToolCall?: string;
  /** Its text was longer than any reply may be. */
  isOverlong?: true;
  /** How long the call was in the queue of its tier; absent when it came past it. */
  queuedMs?: number;
  /** It was given fewer output tokens than its agent's type allows, because of this limit. */
  outputLimit?: { tokens: number; by: string };
  /** Of this call alone. */
  usage: Usage;
}

/** Argument of `summarise`: which messages, from the task on, it is to tell of. */
interface SummaryCall extends Pick<ModelCall, 'spending'> {
  model: string;
  provider: Provider;
  messageCount: number;
  epoch: number;
  progress: Progress;
}

export interface Summary {
  /** Empty when the model had nothing to say, or was stopped. */
  text: string;
  usage: Usage;
}

/** Argument of `callTool`. */
export interface ToolCall {
  /** As the model gave it; absent in calls of before. */
  id?: string;
  name: string;
  input: Json;
  malformedInput?: string;
  workspace: string;
  progress: Progress;
}

/** A tool's failure is an answer for the model (`isError`); only infrastructure failures are thrown. */
export interface ToolResult {
  text: string;
  isError: boolean;
  /** The call was cancelled; `text` is what it had found by then. */
  aborted?: boolean;
  /** The log tells of it already. */
  isLogged?: true;
}

/** What an agent asks whoever gave it its task. */
export interface Question {
  text: string;
  /** Answers to choose from; another one may be given. */
  options?: string[];
  askedAtMs: number;
  /** When it goes on without an answer. */
  answerByMs: number;
}

/** What an activity reports while it runs: readable from `describe` without a worker. */
export interface Heartbeat extends Progress {
  /** One line: what the agent does now. */
  activity: string;
  /** Present while it waits for a person. */
  waitingFor?: string;
  /** Present once a model call has failed: when it first did. It outlasts retries and workers. */
  troubleSinceMs?: number;
}

export interface AgentActivities {
  callModel(call: ModelCall): Promise<ModelReply>;
  summarise(call: SummaryCall): Promise<Summary>;
  callTool(call: ToolCall): Promise<ToolResult>;
  /**
   * The same as a local activity, for a moment: null when it was not done by then, and has to be called in earnest. Its type is
   * the title of the call.
   */
  tryTool(call: ToolCall): Promise<ToolResult | null>;
}

/** Type of the failure of a worker that lacks an encryption key: nothing is wrong with the call itself. */
export const MISSING_KEY = 'MissingKeyError';

export const MODEL_FAULTS = [
  'retryable',
  'needs_person',
  'invalid_request',
  'over_budget',
  'too_long',
  'unavailable',
  'no_place',
] as const;
export type ModelFault = (typeof MODEL_FAULTS)[number];

/** What the client writes into a workflow's memo at its start: what visibility is too small for. */
export interface AgentMemo {
  task: string;
  name?: string;
  workspace: string;
  model: string;
  provider: Provider;
  lifetime: Lifetime;
  limits: AgentLimits;
  /** Present when it had to wait for a place among the running agents of its session. */
  isGated?: true;
  /** Hash of the task, to tell whether an idempotency key is used again for another one. */
  taskHash: string;
}

/** What stays readable when no worker is up: in the workflow's result, its failure's details, or its memo. */
export interface AgentReport {
  outcome: Outcome;
  progress: Progress;
  finishedAtMs: number;
  lineCount: number;
  /** The answer, or the text so far, newest kept; at most 64 KB. */
  segments: Segment[];
  /** Text was cut to fit. */
  cut: boolean;
}

/** Answer of the `status` query. */
export interface AgentSnapshot {
  status: AgentStatus;
  outcome?: Outcome;
  activity: string;
  progress: Progress;
  /** Present while `waiting`: what a person must do. */
  waitingFor?: string;
  /** Present when that is to answer a question. */
  asks?: Question;
}
