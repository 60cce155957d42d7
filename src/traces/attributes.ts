/** Names and values as OpenTelemetry's conventions for generative AI have them; what they have no name for begins with `background_agents`. */
import type { Attributes } from '@opentelemetry/api';
import type { Provider } from '../../workflows/contract';
import type { Tokens } from '../../workflows/usageContract';

/** What answers in place of a model has no name among the conventions'. */
export function providerName(provider: Provider): string {
  return provider === 'offline' ? 'background_agents.offline' : provider;
}

/** The conventions count what comes from and goes to the cache among the input; an agent's status does not. */
export function usageAttributes(tokens: Tokens): Attributes {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = tokens;
  return {
    'gen_ai.usage.input_tokens': inputTokens + cacheReadTokens + cacheWriteTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    'gen_ai.usage.cache_read.input_tokens': cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': cacheWriteTokens,
  };
}
