import { costUsd, DEFAULT_PRICES, priceFor } from '../../../activities/model/pricing';

const haiku = DEFAULT_PRICES['claude-haiku-5-5'];
const NONE = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

it('adds up each kind of token at its price', () => {
  expect(costUsd({ ...NONE, inputTokens: 1_000_000 }, haiku)).toBe(1);
  expect(costUsd({ ...NONE, outputTokens: 1_000_000 }, haiku)).toBe(5);
  expect(costUsd({ ...NONE, cacheReadTokens: 1_000_000 }, haiku)).toBe(0.1);
  expect(costUsd({ ...NONE, cacheWriteTokens: 1_000_000 }, haiku)).toBe(1.25);
  const mixed = { inputTokens: 1000, outputTokens: 200, cacheReadTokens: 50_000, cacheWriteTokens: 400 };
  expect(costUsd(mixed, haiku)).toBeCloseTo(0.001 + 0.001 + 0.005 + 0.0005, 10);
});

it.each([
  ['claude-haiku-5-5', 1],
  ['claude-sonnet-5-5-20260101', 3],
  ['claude-opus-5-5@20260101', 5],
])('knows the price of %s', (model, inputUsd) => {
  expect(priceFor(model)?.inputUsdPerMTok).toBe(inputUsd);
});

it.each(['claude-haiku-5-55', 'claude-haiku-5', 'gpt-9', '', 'constructor', 'toString'])(
  'knows no price of "%s", and counts no cost for it',
  (model) => {
    expect(priceFor(model)).toBeUndefined();
    expect(costUsd({ ...NONE, inputTokens: 5 }, priceFor(model))).toBe(0);
  },
);

it('prefers the exact entry, then the longest family', () => {
  const price = (inputUsdPerMTok: number) => ({
    inputUsdPerMTok,
    outputUsdPerMTok: 0,
    cacheReadUsdPerMTok: 0,
    cacheWriteUsdPerMTok: 0,
  });
  const prices = { claude: price(1), 'claude-x': price(2), 'claude-x-20260101': price(3) };
  expect(priceFor('claude-x-20260101', prices)?.inputUsdPerMTok).toBe(3);
  expect(priceFor('claude-x-20270101', prices)?.inputUsdPerMTok).toBe(2);
  expect(priceFor('claude-y', prices)?.inputUsdPerMTok).toBe(1);
});
