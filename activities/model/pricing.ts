import type { Tokens } from '../../workflows/contract';
import { type ByModel, entryFor } from './byModel';

/** US dollars for a million tokens of each kind. */
export interface Price {
  inputUsdPerMTok: number;
  outputUsdPerMTok: number;
  cacheReadUsdPerMTok: number;
  cacheWriteUsdPerMTok: number;
}

export type PriceTable = ByModel<Price>;

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
 * Undefined for a model that the table does not know: {@link costUsd} then counts nothing, and the caller says that the
 * cost is unknown rather than zero.
 */
export function priceFor(model: string, prices: PriceTable = DEFAULT_PRICES): Price | undefined {
  return entryFor(model, prices);
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
