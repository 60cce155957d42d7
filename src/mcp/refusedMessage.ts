import type { ErrorAnswer } from './errorAnswer';
import { prototypeRefused } from './prototypeArgument';
import { listeningRefused } from './tasks/listening';

/** What the SDK would take, and should not. @param message as it was parsed, before anything copies it */
export function refusedMessage(message: unknown): ErrorAnswer | undefined {
  return prototypeRefused(message) ?? listeningRefused(message);
}
