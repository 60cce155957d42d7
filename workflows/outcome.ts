/** How an agent ends. */
export const FAIL_REASONS = [
  'max_turns',
  'max_tokens',
  'budget',
  'timeout',
  'refusal',
  'loop',
  'model_error',
  'internal_error',
] as const;
export type FailReason = (typeof FAIL_REASONS)[number];

export const KILL_REASONS = ['killed', 'session_ended', 'session_lost', 'parent_ended'] as const;
export type KillReason = (typeof KILL_REASONS)[number];

/** How an agent ended. Never inferred from text; `message` says it to a person. */
export type Outcome =
  | { status: 'completed'; reason: 'answered' }
  | { status: 'failed'; reason: FailReason; message: string }
  | { status: 'killed'; reason: KillReason; message: string };
