import type { Tokens } from '../../workflows/contract';

/** US dollars for a million tokens of each kind. */
export interface Price {
  inputUsdPerMTok: number;
  outputUsdPerMTok: number;
  cacheReadUsdPerMTok: number;
  cacheWriteUsdPerMTok: number;
}

/** By model id; an id also stands for its dated versions. */
export type PriceTable = Readonly<Record<string, Price>>;

const price = (input: number, output: number, cacheRead: number, cacheWrite: number): Price => ({
  inputUsdPerMTok: input,
  outputUsdPerMTok: output,
  cacheReadUsdPerMTok: cacheRead,
  cacheWriteUsdPerMTok: cacheWrite,
});

export const DEFAULT_PRICES: PriceTable = {
  'claude-haiku-5-5': price(1, 5, 0.1, 1.25),
  'claude-sonnet-5-5': price(3, 15, 0.3, 3.75),
  'claude-opus-5-5': price(5, 25, 0.5, 6.25),
};

/**
 * The price of a model: its own entry, else the longest entry of which it is a version
 * (`claude-haiku-5-5-20260101` costs what `claude-haiku-5-5` does, `claude-haiku-5-55` does not).
 * Undefined for a model that the table does not know: {@link costUsd} then counts nothing, and the caller
 * says that the cost is unknown rather than zero.
 */
export function priceFor(model: string, prices: PriceTable = DEFAULT_PRICES): Price | undefined {
  if (Object.hasOwn(prices, model)) return prices[model];
  const families = Object.keys(prices).filter((id) => id !== '' && isVersionOf(model, id));
  const longest = families.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : prices[longest];
}

export function costUsd(tokens: Tokens, price: Price | undefined): number {
  if (!price) return 0;
  const perMillion =
    tokens.inputTokens * price.inputUsdPerMTok +
    tokens.outputTokens * price.outputUsdPerMTok +
    tokens.cacheReadTokens * price.cacheReadUsdPerMTok +
    tokens.cacheWriteTokens * price.cacheWriteUsdPerMTok;
  return perMillion / 1_000_000;
}

function isVersionOf(model: string, family: string): boolean {
  // After the family comes a separator: `-20260101`, `@20260101` or `:0`, as the API and the clouds write it.
  return model.startsWith(family) && /^[-@:]/.test(model.slice(family.length));
}
