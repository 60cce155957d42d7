/** Going on with another tier's model when the agent's own is not available. */
import type { AgentInput, Fallback, ModelCall, TierModel } from './contract';
import type { Message } from './message';
import { linesOf, withLines } from './output';
import type { AgentState } from './state';
import { oneLine } from './text';

type Given = Pick<AgentInput, 'tier' | 'model' | 'fallback' | 'contextTokens'>;
type Standing = Pick<AgentState, 'fallen'>;

/** The model that serves the agent now. */
export function servedBy({ tier, model, contextTokens, fallback }: Given, { fallen }: Standing): TierModel {
  const first: TierModel = { tier, model, ...(contextTokens === undefined ? {} : { contextTokens }) };
  return fallback?.models[(fallen ?? 0) - 1] ?? first;
}

/** Nothing for an agent without a fallback: what was recorded of it before there were any replays unchanged. */
export function patienceOf(
  fallback: Fallback | undefined,
  { fallen }: Standing,
): Pick<ModelCall, 'giveUpAfterMs'> {
  return fallback?.models[fallen ?? 0] ? { giveUpAfterMs: fallback.afterMs } : {};
}

/** The state after the next model has taken over, with a line of the output that says so. */
export function fallenBack(input: Given, state: AgentState, why: string): AgentState {
  const next: AgentState = {
    ...state,
    fallen: (state.fallen ?? 0) + 1,
    messages: state.messages.map(withoutOpaque),
    epoch: state.epoch + 1,
  };
  const before = servedBy(input, state);
  const after = servedBy(input, next);
  const note =
    `[note] ${before.tier} (${before.model}) was not available for ${spanOf(input.fallback?.afterMs ?? 0)}: ` +
    `goes on with ${after.tier} (${after.model}). The last failure: ${oneLine(why, 300)}`;
  return { ...next, log: withLines(state.log, linesOf('note', state.turn, note)) };
}

/** Thinking is signed for the model that thought it: another one drops it, or refuses the request. */
function withoutOpaque(message: Message): Message {
  if (message.role === 'user') return message;
  return { ...message, blocks: message.blocks.filter((block) => block.type !== 'opaque') };
}

function spanOf(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
