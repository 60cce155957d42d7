/** Several messages in one body: revision 2025-03-26 had them, no other has; and never with the message that begins a session. */
import { isInitializeRequest } from '@modelcontextprotocol/server';
import { type ErrorAnswer, errorAnswer, errorCodes } from '../errorAnswer';

const WITH_BATCHES = '2025-03-26';
/** What a client speaks that does not say. */
const UNSAID = WITH_BATCHES;

/** @param revision as the request's header names it */
export function batchRefused(body: unknown, revision: string | null): ErrorAnswer | undefined {
  if (!Array.isArray(body)) return undefined;
  const mayBe = (revision ?? UNSAID) === WITH_BATCHES && body.length > 0 && !body.some(isInitializeRequest);
  if (mayBe) return undefined;
  const message = `A request holds one message; several in one are of revision ${WITH_BATCHES} alone, without initialize. None of them did anything.`;
  return errorAnswer(errorCodes.invalidRequest, null, message);
}
