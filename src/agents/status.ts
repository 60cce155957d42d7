import type { Usage } from '../../workflows/contract';
import { cutChars } from '../../workflows/text';
import type { AgentsContext } from './context';
import { type Observation, observe } from './observe';
import { questionOf } from './question';
import type { StatusResult } from './results';

/** An error may quote a whole answer of some gateway. */
const ERROR_CHARS = 2_000;

export async function status(context: AgentsContext, agentId: string): Promise<StatusResult> {
  return statusOf(await observe(context, agentId), context.nowMs());
}

export function statusOf(seen: Observation, nowMs: number): StatusResult {
  const { usage } = seen.progress;
  const { outcome, memo } = seen;
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(outcome ? { reason: outcome.reason } : {}),
    progress: {
      turn: seen.progress.turn,
      max_turns: memo.limits.maxTurns,
      tool_calls: seen.progress.toolCalls,
      activity: seen.activity,
    },
    usage: usageResultOf(usage),
    agent_type: seen.agentType,
    tier: seen.tier,
    model: seen.model,
    provider: memo.provider,
    workspace: memo.workspace,
    lifetime: memo.lifetime,
    ...(memo.name === undefined ? {} : { name: memo.name }),
    created_at: iso(seen.createdAtMs),
    ...(seen.progress.startedAtMs > 0 ? { started_at: iso(seen.progress.startedAtMs) } : {}),
    ...(seen.finishedAtMs === undefined ? {} : { finished_at: iso(seen.finishedAtMs) }),
    duration_ms: Math.max(0, Math.round((seen.finishedAtMs ?? nowMs) - seen.createdAtMs)),
    ...(outcome && outcome.status !== 'completed'
      ? { error: { type: outcome.reason, message: cutChars(outcome.message, ERROR_CHARS) } }
      : {}),
    ...questionOf(seen),
    children: [],
  };
}

export function usageResultOf(usage: Usage): StatusResult['usage'] {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    cost_usd: usage.costUsd,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
