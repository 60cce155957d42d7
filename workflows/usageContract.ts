/** What an agent has used, as it crosses a boundary. */
import type { Tier } from './contract';

/** `inputTokens` excludes what was read from or written to the prompt cache, as the API counts. */
export interface Tokens {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

export interface Usage extends Tokens {
  costUsd: number;
}

/** What one model took of an agent's usage. */
export interface Served {
  tier: Tier;
  model: string;
  usage: Usage;
}
