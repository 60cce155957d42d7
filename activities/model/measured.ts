import type { Measures } from '../measures';
import { kindOfFailure } from './failure';
import type { Model } from './model';
import { costUsd, type Price } from './pricing';

/** The same model, whose calls are measured: also those whose reply no agent comes to count, because its worker ended. */
export function measuredModel(
  model: Model,
  measures: Measures,
  priceOf: (model: string) => Price | undefined,
): Model {
  return {
    call: async (request, options) => {
      const { tier } = options;
      const startedMs = performance.now();
      const called = (outcome: string) => measures.modelCalled(tier, outcome, performance.now() - startedMs);
      try {
        const answer = await model.call(request, options);
        called(answer.stop === 'aborted' ? 'aborted' : 'ok');
        measures.modelSpent(
          { tier, model: request.model },
          answer.tokens,
          costUsd(answer.tokens, priceOf(request.model)),
        );
        return answer;
      } catch (error) {
        called(kindOfFailure(error));
        throw error;
      }
    },
  };
}
