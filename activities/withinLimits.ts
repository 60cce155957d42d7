/** Keeps a model call within what its agent may still spend: whole, with fewer output tokens, or not at all. */
import type { ModelCall, ModelReply } from '../workflows/contract';
import { SPENDING_NAMES } from '../workflows/spending';
import { allowanceOf } from './model/allowance';
import { modelFailure } from './model/failure';
import type { ModelAnswer, ModelRequest } from './model/model';
import type { Price } from './model/pricing';

export type LimitedAnswer = ModelAnswer & Pick<ModelReply, 'outputLimit'>;

/** @throws ApplicationFailure `over_budget` that says what is left and what the call could cost. */
export async function withinLimits(
  call: Pick<ModelCall, 'spending' | 'progress' | 'provider'>,
  price: Price | undefined,
  request: ModelRequest,
  ask: (request: ModelRequest) => Promise<ModelAnswer>,
): Promise<LimitedAnswer> {
  const { spending: limits, progress, provider } = call;
  // The scout spends nothing.
  if (!limits || provider === 'offline') return ask(request);
  const allowance = allowanceOf(request, { limits, usage: progress.usage, price });
  switch (allowance.kind) {
    case 'all':
      return ask(request);
    case 'none':
      throw modelFailure('over_budget', allowance.why);
    case 'some': {
      const { outputTokens, limit } = allowance;
      const answer = await ask({ ...request, head: { ...request.head, maxOutputTokens: outputTokens } });
      return { ...answer, outputLimit: { tokens: outputTokens, by: SPENDING_NAMES[limit] } };
    }
  }
}
