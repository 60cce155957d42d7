/** From what a caller asks for to what an agent is given: every default and every refusal of a spawn. */
import { entryFor } from '../../activities/model/byModel';
import { priceFor } from '../../activities/model/pricing';
import { openWorkspace, WorkspaceError } from '../../activities/tools';
import { HISTORY_LIMITS } from '../../workflows/continuation';
import { type AgentInput, type AgentLimits, type Lifetime, TIERS, type Tier } from '../../workflows/contract';
import { taskQueues } from '../../workflows/queues';
import { type AgentType, chooseAgentType, fallbackFrom, resolveAgentType, resolveModel } from '../agentTypes';
import type { AgentsContext } from './context';
import { inField, UserError } from './errors';
import { placeFor } from './gate';

/** A spawn in the caller's spelling, already checked for shape. */
export interface SpawnRequest {
  task: string;
  agent_type?: string | undefined;
  model?: string | undefined;
  timeout_ms?: number | undefined;
  max_turns?: number | undefined;
  max_cost_usd?: number | undefined;
  workspace?: string | undefined;
  lifetime?: Lifetime | undefined;
  name?: string | undefined;
  idempotency_key?: string | undefined;
}

export interface PreparedSpawn {
  input: AgentInput;
  /** Why `auto` chose the type. */
  why?: string;
}

export async function prepareSpawn(context: AgentsContext, request: SpawnRequest): Promise<PreparedSpawn> {
  const { type, why, tier, model, workspace } = await settle(context, request);
  const limits = limitsFor(type, request);
  const { owner } = context.session.caller;
  const fallback = fallbackFor(context, request, tier, type);
  for (const each of [model, ...(fallback?.models.map((next) => next.model) ?? [])])
    await inField('max_cost_usd', () => refuseUnpricedBudget(context, each, limits));
  const input: AgentInput = {
    task: request.task,
    agentType: type.name,
    instructions: type.instructions,
    tools: type.tools.filter((tool) => tool !== 'ask' || limits.askTimeoutMs !== 0),
    tier,
    model,
    provider: context.provider,
    workspace,
    lifetime: lifetimeFor(context, request, type),
    session: context.session.id,
    ...(owner === undefined ? {} : { owner }),
    toolQueue: context.toolQueue,
    triesToolsFirst: triesFor(context),
    ...(context.toolQueue === taskQueues.agents ? { asksModelHere: true } : {}),
    ...(request.name === undefined ? {} : { name: request.name }),
    limits,
    ...placeFor(context),
    ...roomFor(context, model),
    historyLimits: context.historyLimits ?? HISTORY_LIMITS,
    resumable: true,
    ...(fallback ? { fallback } : {}),
    leavesProgress: true,
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
    createdAtMs: context.nowMs(),
  };
  return { input, ...(why === undefined ? {} : { why }) };
}

/** Titles of tries are stored in the clear: with a key they tell no paths and no search terms. */
function triesFor({ toolQueue, temporal }: AgentsContext): false | 'call' | 'tool' {
  if (toolQueue !== taskQueues.agents) return false;
  return temporal.target.encrypts?.() ? 'tool' : 'call';
}

function lifetimeFor(context: AgentsContext, request: SpawnRequest, type: AgentType): Lifetime {
  if (request.lifetime === 'session' && context.session.isEndless)
    throw new UserError(
      'invalid',
      'lifetime session needs a session to end with, and this call names none. Name one with the argument session, or use lifetime detached.',
    );
  return request.lifetime ?? context.defaultLifetime ?? type.lifetime;
}

/** How long its conversation may become, and who summarises what is over. */
function roomFor(
  { config }: AgentsContext,
  model: string,
): Pick<AgentInput, 'contextTokens' | 'summaryModel'> {
  const contextTokens = entryFor(model, config.contextTokens);
  return { summaryModel: config.models.haiku, ...(contextTokens === undefined ? {} : { contextTokens }) };
}

/** Not for a model that the caller named in full: whoever wants exactly that one would rather wait for it. */
function fallbackFor(
  { config, provider }: AgentsContext,
  { model }: SpawnRequest,
  tier: Tier,
  type: AgentType,
) {
  const isTier = model === undefined || TIERS.some((name) => name === model);
  return isTier && provider === 'anthropic' ? fallbackFrom(tier, config, type.fallback) : undefined;
}

/** What a request comes down to; everything about it that can be refused without a server is refused here. */
export async function settle(place: Place, request: SpawnRequest) {
  const { type, why } = await inField('agent_type', () => typeFor(place, request));
  const asked = request.model === undefined ? {} : { model: request.model };
  const { tier, model } = await inField('model', () => resolveModel({ type, ...asked }, place.config));
  const workspace = await inField('workspace', () => workspaceFor(place, request));
  return { type, why, tier, model, workspace };
}

/** Where a request is made. */
export type Place = Pick<AgentsContext, 'config' | 'workspace'>;

function typeFor(context: Place, request: SpawnRequest): { type: AgentType; why?: string } {
  const asked = request.agent_type ?? 'auto';
  if (asked !== 'auto') return { type: resolveAgentType(asked, context.config) };
  const chosen = chooseAgentType(request.task);
  return { type: resolveAgentType(chosen.type, context.config), why: chosen.why };
}

async function workspaceFor(context: Place, request: SpawnRequest): Promise<string> {
  try {
    const { workspaceRoots: roots } = context.config;
    const workspace = await openWorkspace(request.workspace ?? context.workspace, roots ? { roots } : {});
    return workspace.root;
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError('invalid', error.message, { cause: error });
    throw error;
  }
}

/** A model without a known price would count as free, and a limit on its cost would never be reached. */
function refuseUnpricedBudget({ config, provider }: AgentsContext, model: string, limits: AgentLimits): void {
  if (limits.maxCostUsd === undefined || provider === 'offline' || priceFor(model, config.prices)) return;
  throw new UserError(
    'invalid',
    `The price of ${model} is not known, so max_cost_usd cannot hold. Add the model to "prices" in ${config.userFile}, or leave max_cost_usd out.`,
  );
}

/** The caller's numbers before the type's, which have the configuration's in them already. */
function limitsFor(type: AgentType, request: SpawnRequest): AgentLimits {
  return {
    ...type.limits,
    ...(request.timeout_ms === undefined ? {} : { timeoutMs: request.timeout_ms }),
    ...(request.max_turns === undefined ? {} : { maxTurns: request.max_turns }),
    ...(request.max_cost_usd === undefined ? {} : { maxCostUsd: request.max_cost_usd }),
  };
}
