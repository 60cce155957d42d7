/**
 * What every object has by nature. `__proto__` among the arguments of a call the SDK leaves out without a word, where any other unknown
 * argument is refused by name; and a tool or prompt called `constructor` it finds, and calls it disabled.
 */
import { type ErrorAnswer, errorAnswer, errorCodes, idOf } from './errorAnswer';

const KEY = '__proto__';
/** What these methods name. */
const NAMED: ReadonlyMap<unknown, string> = new Map([
  ['tools/call', 'tool'],
  ['prompts/get', 'prompt'],
]);

/** @param message as it was parsed, before anything copies it */
export function prototypeRefused(message: unknown): ErrorAnswer | undefined {
  const { method, params, id } = Object(message);
  const { name, arguments: args } = Object(params);
  if (NAMED.has(method) && idOf(id) !== null && typeof name === 'string' && name in {})
    return errorAnswer(errorCodes.invalidParams, idOf(id), `There is no ${NAMED.get(method)} "${name}".`);
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
