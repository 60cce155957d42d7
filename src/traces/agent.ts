/** An agent's ending → the span that is the agent. */
import { type Attributes, type Link, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Ending } from '../../workflows/announcing';
import { NO_USAGE } from '../../workflows/usage';
import type { Usage } from '../../workflows/usageContract';
import { providerName, usageAttributes } from './attributes';
import type { AgentTracer } from './tracer';

/** Called again for the same ending it sends the same span again, which receivers know by its id. */
export function traceEnding(tracer: AgentTracer, agentId: string, ending: Ending): void {
  const name = `invoke_agent ${ending.agentType}`;
  const { reopened, createdAtMs, finishedAtMs, outcome } = ending;
  const options = {
    startTime: reopened?.atMs ?? createdAtMs,
    attributes: endingAttributes(agentId, ending),
    links: reopened ? [] : linksOf(ending.traceparent),
  };
  const span = reopened
    ? tracer.reopened(agentId, reopened.times, name, options)
    : tracer.root(agentId, name, options);
  // Without the message: it may quote what the agent was given.
  if (outcome.status === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
  // Two clocks: the spawner's, and that of the worker.
  span.end(Math.max(options.startTime, finishedAtMs));
}

export function endingAttributes(agentId: string, ending: Ending): Attributes {
  const { agentType, provider, session, name, outcome, progress, served, reopened } = ending;
  const usage = since(reopened?.usage ?? NO_USAGE, progress.usage);
  return {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.provider.name': providerName(provider),
    'gen_ai.agent.id': agentId,
    'gen_ai.agent.name': agentType,
    'gen_ai.conversation.id': agentId,
    'gen_ai.request.model': served.model,
    ...usageAttributes(usage),
    'session.id': session,
    'background_agents.tier': served.tier,
    'background_agents.status': outcome.status,
    'background_agents.reason': outcome.reason,
    'background_agents.turns': progress.turn,
    'background_agents.tool_calls': progress.toolCalls,
    'background_agents.cost_usd': usage.costUsd,
    ...(name === undefined ? {} : { 'background_agents.name': name }),
    ...(outcome.status === 'failed' ? { 'error.type': outcome.reason } : {}),
  };
}

function since(before: Usage, now: Usage): Usage {
  return {
    inputTokens: now.inputTokens - before.inputTokens,
    outputTokens: now.outputTokens - before.outputTokens,
    cacheReadTokens: now.cacheReadTokens - before.cacheReadTokens,
    cacheWriteTokens: now.cacheWriteTokens - before.cacheWriteTokens,
    costUsd: now.costUsd - before.costUsd,
  };
}

function linksOf(traceparent: string | undefined): Link[] {
  const [, traceId, spanId, flags] = traceparent?.split('-') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return [];
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return [{ context: { traceId, spanId, traceFlags, isRemote: true } }];
}
