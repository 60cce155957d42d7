import { MISSING_KEY } from '../../workflows/contract';
import { UserError } from '../agents/errors';

/** A payload that cannot be read here. */
export class UnreadableError extends UserError {
  override name = 'UnreadableError';

  constructor(message: string, options?: ErrorOptions) {
    super('invalid', message, options);
  }
}

/** Temporal records its name as the type of the failure: a workflow knows by it that waiting for the key mends it. */
export class MissingKeyError extends UnreadableError {
  override name = MISSING_KEY;

  constructor(keyId: string) {
    super(
      `This is encrypted with key ${printable(keyId)}, which is not here. Add that key to BGA_ENCRYPTION_KEY, or store it with "bga config set-encryption-key"; "bga doctor" lists the keys that are here.`,
    );
  }
}

/** Somebody changed it, or it was made by something else. */
export function damaged(how: string, cause: unknown): UnreadableError {
  return new UnreadableError(`This was ${how} and cannot be read: it was damaged or tampered with.`, {
    cause,
  });
}

/** It came from outside. */
export function printable(id: string): string {
  return /^[\w.:-]{1,64}$/.test(id) ? id : '(without a proper id)';
}
