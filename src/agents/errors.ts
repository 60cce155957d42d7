import { cutChars } from '../../workflows/text';

/** What went wrong, for a person or a model: `message` names it and says what to do next. */
export type UserErrorKind = 'not_found' | 'invalid' | 'unreachable' | 'not_ready';

export class UserError extends Error {
  override name = 'UserError';
  /** The argument that it is about, where it is about one. */
  field?: string;

  constructor(
    readonly kind: UserErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Says which argument an error of `check` is about. */
export async function inField<T>(field: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof UserError) error.field ??= field;
    throw error;
  }
}

/** What is no id may be anything, and of any length. */
const ID_CHARS = 100;

export function noSuchAgent(agentId: string): UserError {
  return new UserError(
    'not_found',
    `No agent "${cutChars(agentId, ID_CHARS)}". Call agent_list to see the agents that exist; results are kept for 30 days.`,
  );
}
