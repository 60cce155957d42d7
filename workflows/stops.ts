/** The endings that an agent comes to by itself, each with a sentence for a person; and the limits checked before a spend. */
import type { AgentLimits, KillReason, ModelReply, Outcome, Progress } from './contract';
import { sizes } from './sizes';
import { overspent } from './spending';

/** Whether a limit forbids another model call. */
export function limitReached(progress: Progress, limits: AgentLimits): Outcome | undefined {
  if (progress.turn >= limits.maxTurns) {
    return failed(
      'max_turns',
      `Stopped after ${progress.turn} turns, its limit. Raise max_turns to let it go on longer.`,
    );
  }
  const spent = overspent(progress.usage, limits);
  return spent === undefined ? undefined : failed('budget', spent);
}

export function refusal(): Outcome {
  return failed('refusal', 'The model refused the task. Rephrase it, or choose another model.');
}

export function cutAnswer({ outputLimit, isOverlong }: ModelReply, limits: AgentLimits): Outcome {
  if (isOverlong)
    return failed(
      'max_tokens',
      `The answer was cut off at ${sizes.replyBytes} bytes, more than which no reply may have. Ask for a shorter answer.`,
    );
  if (outputLimit) return failed('budget', `The answer ${cutBy(outputLimit)}`);
  return failed(
    'max_tokens',
    `The answer was cut off at ${limits.maxOutputTokens} output tokens. Ask for a shorter answer, or raise limits.maxOutputTokens.`,
  );
}

function cutBy({ tokens, by }: NonNullable<ModelReply['outputLimit']>): string {
  return `was cut off at ${tokens} output tokens, all that was left for it. Raise ${by} to let it say more.`;
}

export function wordlessAnswer({ truncatedToolCall, outputLimit }: ModelReply): Outcome {
  if (truncatedToolCall === undefined) {
    return failed('model_error', 'The model ended its turn twice without an answer.');
  }
  const call = `The model's call of ${truncatedToolCall}`;
  if (outputLimit) return failed('budget', `${call} ${cutBy(outputLimit)}`);
  return failed(
    'max_tokens',
    `${call} was cut off twice at the output limit. Ask for less at a time, or raise limits.maxOutputTokens.`,
  );
}

export function loopStop(call: string, repeats: number): Outcome {
  return failed(
    'loop',
    `Stopped: it made the same call ${repeats} times (${call}), its limit. Rephrase the task, or raise limits.maxRepeatedCalls.`,
  );
}

export function timedOut(timeoutMs: number): Outcome {
  return failed(
    'timeout',
    `Stopped after ${timeoutMs} ms, its limit. Raise timeout_ms to let it go on longer.`,
  );
}

const KILL_MESSAGES: Record<KillReason, string> = {
  killed: 'Killed on request.',
  session_ended: 'Stopped because its session ended.',
  session_lost: 'Stopped because its session was lost.',
  parent_ended: 'Stopped because its parent ended.',
};

export function killed(reason: KillReason, note?: string): Outcome {
  const message = note ? `${KILL_MESSAGES[reason]} ${note}` : KILL_MESSAGES[reason];
  return { status: 'killed', reason, message };
}

export function failed(reason: Extract<Outcome, { status: 'failed' }>['reason'], message: string): Outcome {
  return { status: 'failed', reason, message };
}
