import { cutChars } from '../../workflows/text';

/** What went wrong, for a person or a model: `message` names it and says what to do next. */
export type UserErrorKind = 'not_found' | 'invalid' | 'unreachable' | 'not_ready';

export class UserError extends Error {
  override name = 'UserError';

  constructor(
    readonly kind: UserErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
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
