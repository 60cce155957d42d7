import type { Served, Tier } from '../../workflows/contract';
import { shared } from '../../workflows/ledger';
import { addUsage, NO_USAGE } from '../../workflows/usage';

const tokens = (inputTokens: number) => ({ ...NO_USAGE, inputTokens });
const taker = (tier: Tier) => ({ tier, model: `m-${tier}` });
const own = taker('opus');

function after(...takers: [Tier, number][]): { shares?: readonly Served[]; usage: typeof NO_USAGE } {
  let state: { shares?: readonly Served[]; usage: typeof NO_USAGE } = { usage: NO_USAGE };
  for (const [tier, count] of takers) {
    const usage = addUsage(state.usage, tokens(count));
    state = { ...state, ...shared(state, own, taker(tier), tokens(count)), usage };
  }
  return state;
}

it('keeps no accounts while its own model takes everything', () => {
  expect(after(['opus', 1], ['opus', 2])).toEqual({ usage: tokens(3) });
});

it('tells apart who took what, before and after the first other one', () => {
  const { shares, usage } = after(['opus', 5], ['haiku', 1], ['opus', 7], ['haiku', 2], ['sonnet', 3]);
  expect(shares?.map(({ tier, model, usage: { inputTokens } }) => [tier, model, inputTokens])).toEqual([
    ['opus', 'm-opus', 12],
    ['haiku', 'm-haiku', 3],
    ['sonnet', 'm-sonnet', 3],
  ]);
  expect(usage.inputTokens).toBe(18);
});
