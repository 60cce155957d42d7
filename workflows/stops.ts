/** The endings that an agent comes to by itself, each with a sentence for a person; and the limits checked before a spend. */
import type { AgentLimits, KillReason, ModelReply, Outcome, Progress } from './contract';

/** Whether a limit forbids another model call. */
export function limitReached(progress: Progress, limits: AgentLimits): Outcome | undefined {
  if (progress.turn >= limits.maxTurns) {
    return failed(
      'max_turns',
      `Stopped after ${progress.turn} turns, its limit. Raise max_turns to let it go on longer.`,
    );
  }
  if (limits.maxCostUsd !== undefined && progress.usage.costUsd >= limits.maxCostUsd) {
    const spent = progress.usage.costUsd.toFixed(4);
    return failed(
      'budget',
      `Spent $${spent} of at most $${limits.maxCostUsd}. Raise max_cost_usd to let it go on longer.`,
    );
  }
  return undefined;
}

export function refusal(): Outcome {
  return failed('refusal', 'The model refused the task. Rephrase it, or choose another model.');
}

export function cutAnswer(limits: AgentLimits): Outcome {
  return failed(
    'max_tokens',
    `The answer was cut off at ${limits.maxOutputTokens} output tokens. Ask for a shorter answer.`,
  );
}

export function wordlessAnswer(reply: ModelReply): Outcome {
  return reply.truncatedToolCall === undefined
    ? failed('model_error', 'The model ended its turn twice without an answer.')
    : failed(
        'max_tokens',
        `The model's call of ${reply.truncatedToolCall} was cut off twice at the output limit.`,
      );
}

export function loopStop(call: string, repeats: number): Outcome {
  return failed('loop', `Stopped: it made the same call ${repeats} times (${call}).`);
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
