import type { AgentLimits, Progress } from '../../workflows/contract';
import { spendingOf } from '../../workflows/spending';
import { limitReached } from '../../workflows/stops';
import { NO_USAGE } from '../../workflows/usage';

const limits: AgentLimits = { maxTurns: 10, timeoutMs: 60_000, maxRepeatedCalls: 3, maxOutputTokens: 1_000 };
const progress: Progress = {
  startedAtMs: 1,
  turn: 9,
  toolCalls: 0,
  usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 30, cacheWriteTokens: 7, costUsd: 0.5 },
};

it('lets an agent go on below its limits', () => {
  expect(limitReached(progress, limits)).toBeUndefined();
  expect(limitReached(progress, { ...limits, maxCostUsd: 0.51, maxTotalTokens: 41 })).toBeUndefined();
});

it.each([
  [{ maxTurns: 9 }, 'max_turns', 'max_turns'],
  [{ maxCostUsd: 0.5 }, 'budget', 'max_cost_usd'],
  [{ maxTotalTokens: 40 }, 'budget', 'limits.maxTotalTokens'],
])('ends it at %j, by the name of the limit', (limit, reason, name) => {
  expect(limitReached(progress, { ...limits, ...limit })).toEqual({
    status: 'failed',
    reason,
    message: expect.stringContaining(`Raise ${name}`),
  });
});

it('tells a model call of limits only where there are some', () => {
  expect(spendingOf(limits)).toEqual({});
  expect(spendingOf({ ...limits, maxTotalTokens: 5 })).toEqual({ spending: { maxTotalTokens: 5 } });
});

it('counts from nothing', () => {
  const fresh = { ...progress, turn: 0, usage: NO_USAGE };
  expect(limitReached(fresh, { ...limits, maxCostUsd: 0.01, maxTotalTokens: 1 })).toBeUndefined();
});
