import type { Price } from '../../activities/model/pricing';

/** A price as the configuration writes it: US dollars per million tokens. */
export interface PriceSetting {
  input: number;
  output: number;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
}

/** What reading from and writing to the prompt cache costs, unless said otherwise, in parts of the price of input. */
const CACHE_READ_SHARE = 0.1;
const CACHE_WRITE_SHARE = 1.25;

export function toPrice({ input, output, cacheRead, cacheWrite }: PriceSetting): Price {
  return {
    inputUsdPerMTok: input,
    outputUsdPerMTok: output,
    cacheReadUsdPerMTok: cacheRead ?? input * CACHE_READ_SHARE,
    cacheWriteUsdPerMTok: cacheWrite ?? input * CACHE_WRITE_SHARE,
  };
}

export function fromPrice(price: Price): PriceSetting {
  return {
    input: price.inputUsdPerMTok,
    output: price.outputUsdPerMTok,
    cacheRead: price.cacheReadUsdPerMTok,
    cacheWrite: price.cacheWriteUsdPerMTok,
  };
}
