/** What a thrown failure means for the agent. */
import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { type FailReason, MISSING_KEY, type ModelFault, type Outcome } from './contract';
import { sizes } from './sizes';
import { failed } from './stops';
import { cutChars } from './text';

/** The sentence that says what a person must do, when that is why a model call failed. */
export function needOfPerson(error: unknown): string | undefined {
  const cause = applicationFailure(error);
  return cause?.type === ('needs_person' satisfies ModelFault) ? cause.message : undefined;
}

/** Why the model was given up, when that is why a model call failed. */
export function unavailableBecause(error: unknown): string | undefined {
  const cause = applicationFailure(error);
  return cause?.type === ('unavailable' satisfies ModelFault) ? cause.message : undefined;
}

/** Whether the worker that it was handed to had no place free for it. */
export function hadNoPlace(error: unknown): boolean {
  return applicationFailure(error)?.type === ('no_place' satisfies ModelFault);
}

/** Whether its worker could not decrypt what it was given. */
export function lacksKey(error: unknown): boolean {
  return applicationFailure(error)?.type === MISSING_KEY;
}

const REASONS: Partial<Record<string, FailReason>> = {
  invalid_request: 'model_error',
  over_budget: 'budget',
  too_long: 'model_error',
} satisfies Partial<Record<ModelFault, FailReason>>;

/** The provider says that the conversation is longer than its model takes. */
export function isTooLong(error: unknown): boolean {
  return applicationFailure(error)?.type === ('too_long' satisfies ModelFault);
}

export function outcomeOfError(error: unknown): Outcome {
  const cause = applicationFailure(error);
  const said = cause?.message ?? (error instanceof Error ? error.message : String(error));
  const message = cutChars(said, sizes.endingChars);
  return failed(REASONS[cause?.type ?? ''] ?? 'internal_error', message);
}

export { isCancellation };

function applicationFailure(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) return error.cause;
  return undefined;
}
