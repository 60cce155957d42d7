import { allowanceOf, estimatedInputTokens } from '../../../activities/model/allowance';
import type { ModelRequest } from '../../../activities/model/model';
import { priceFor } from '../../../activities/model/pricing';
import type { SpendingLimits } from '../../../workflows/spending';
import { NO_USAGE } from '../../../workflows/usage';

const sonnet = priceFor('claude-sonnet-5-5');

/** Of about so many tokens. */
function requestOf(inputTokens: number, maxOutputTokens = 10_000): ModelRequest {
  return {
    model: 'claude-sonnet-5-5',
    head: {
      instructions: 'x'.repeat(inputTokens * 3),
      tools: [],
      task: '',
      workspace: '/w',
      maxOutputTokens,
    },
    messages: [],
    tools: [],
  };
}

const allowed = (limits: SpendingLimits, inputTokens: number, usage = NO_USAGE, price = sonnet) =>
  allowanceOf(requestOf(inputTokens), { limits, usage, price });

it('is all where nothing is limited, or everything fits', () => {
  expect(allowed({}, 1_000_000)).toEqual({ kind: 'all' });
  // 100,000 in at the $3.75 of writing the cache, 10,000 out at $15.
  expect(allowed({ maxCostUsd: 0.375 + 0.15 + 0.001 }, 100_000)).toEqual({ kind: 'all' });
  expect(allowed({ maxTotalTokens: 110_010 }, 100_000)).toEqual({ kind: 'all' });
});

it('is what is left after the input, so that the whole call fits', () => {
  const some = allowed({ maxCostUsd: 0.375 + 0.1 }, 100_000);
  expect(some).toEqual({ kind: 'some', outputTokens: expect.any(Number), limit: 'maxCostUsd' });
  const { outputTokens } = Object(some);
  expect(outputTokens).toBeGreaterThan(6_600);
  expect(outputTokens).toBeLessThanOrEqual(6_666);
  expect(allowed({ maxTotalTokens: 105_000 }, 100_000)).toMatchObject({
    kind: 'some',
    limit: 'maxTotalTokens',
  });
});

it('goes by the tighter of two limits, and counts what was spent before', () => {
  const usage = { ...NO_USAGE, inputTokens: 500, cacheReadTokens: 90_000, outputTokens: 500, costUsd: 9.9 };
  expect(allowed({ maxCostUsd: 10, maxTotalTokens: 97_000 }, 1_000, usage)).toMatchObject({
    kind: 'some',
    limit: 'maxTotalTokens',
  });
  expect(allowed({ maxCostUsd: 9.95, maxTotalTokens: 97_000 }, 1_000, usage)).toMatchObject({
    kind: 'some',
    limit: 'maxCostUsd',
  });
});

it('is none when no sensible answer fits, and says what it would take', () => {
  expect(allowed({ maxCostUsd: 0.38 }, 100_000)).toEqual({
    kind: 'none',
    why: expect.stringMatching(
      /could cost \$0\.39\d\d \(about 10000\d tokens in, 1024 out\): \$0\.3800 is left of \$0\.38\. Raise max_cost_usd/,
    ),
  });
  const usage = { ...NO_USAGE, inputTokens: 5_000 };
  expect(allowed({ maxTotalTokens: 6_000 }, 500, usage)).toMatchObject({
    kind: 'none',
    why: expect.stringContaining('1000 are left of 6000. Raise limits.maxTotalTokens'),
  });
});

it('takes the type’s own limit for sensible when that is small', () => {
  const request = requestOf(100, 50);
  expect(allowanceOf(request, { limits: { maxTotalTokens: 200 }, usage: NO_USAGE, price: sonnet })).toEqual({
    kind: 'all',
  });
});

it('is none for a model without a price whose cost is limited', () => {
  const request = requestOf(1);
  const allowance = allowanceOf(request, {
    limits: { maxCostUsd: 1_000 },
    usage: NO_USAGE,
    price: undefined,
  });
  expect(allowance).toMatchObject({ kind: 'none', why: expect.stringContaining('"prices"') });
});

it('estimates by everything that is sent', () => {
  const bare = estimatedInputTokens(requestOf(0));
  const text = { role: 'user' as const, blocks: [{ type: 'text' as const, text: 'é'.repeat(300) }] };
  expect(estimatedInputTokens({ ...requestOf(0), messages: [text] })).toBeGreaterThanOrEqual(bare + 200);
  const tool = { name: 't', description: 'd'.repeat(300), inputSchema: {} };
  expect(estimatedInputTokens({ ...requestOf(0), tools: [tool] })).toBeGreaterThanOrEqual(bare + 100);
});
