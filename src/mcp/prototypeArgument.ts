/** `__proto__` among the arguments of a call: the SDK leaves it out without a word, where any other unknown argument is refused by name. */
import { type ErrorAnswer, errorAnswer, errorCodes, idOf } from './errorAnswer';

const KEY = '__proto__';

/** @param message as it was parsed, before anything copies it */
export function prototypeRefused(message: unknown): ErrorAnswer | undefined {
  const { method, params, id } = Object(message);
  const { name, arguments: args } = Object(params);
  if (method !== 'tools/call' || idOf(id) === null || !holdsPrototype(args)) return undefined;
  const tool = typeof name === 'string' && /^[\w.-]{1,128}$/.test(name) ? name : 'this tool';
  const text = `Invalid arguments for ${tool}: unknown argument "${KEY}". The call did nothing.`;
  return errorAnswer(errorCodes.invalidParams, idOf(id), text);
}

/** At any depth, and not by recursion: the depth is the sender's choice. */
function holdsPrototype(args: unknown): boolean {
  const open: unknown[] = [args];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, KEY)) return true;
    for (const inner of Object.values(value)) open.push(inner);
  }
  return false;
}
