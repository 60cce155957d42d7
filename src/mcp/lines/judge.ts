/** What becomes of one line from the client: the server hears it, or it is answered here, since the SDK drops it without a word. */
import { parseJSONRPCMessage } from '@modelcontextprotocol/server';
import { type ErrorAnswer, errorAnswer, errorCodes, idOf } from '../errorAnswer';
import { refusedMessage } from '../refusedMessage';

export type Verdict =
  | { kind: 'pass' }
  | { kind: 'skip' }
  /** A response that does not fit: an answer to it would pass for one to a request of the client's. */
  | { kind: 'drop'; why: string }
  | { kind: 'answer'; answer: ErrorAnswer };

const NO_MESSAGE =
  'This is no message of JSON-RPC 2.0: an object with "jsonrpc": "2.0", a "method", and for a request an "id", a text or a whole number.';
const NO_PARAMS =
  'Its "params" must be an object, and so must "_meta" in it, with a text or a whole number as "progressToken" if there is one.';

export function judge(line: string): Verdict {
  if (line.trim() === '') return { kind: 'skip' };
  const value = parsed(line);
  if (value === undefined)
    return refused(
      errorCodes.parseError,
      null,
      'This line is no JSON. Each message is one line of JSON in UTF-8.',
    );
  if (Array.isArray(value))
    return refused(
      errorCodes.invalidRequest,
      null,
      'Batches are not taken: MCP has none since 2025-06-18. Send each message on a line of its own.',
    );
  if (fits(value)) {
    const answer = refusedMessage(value);
    return answer ? { kind: 'answer', answer } : { kind: 'pass' };
  }
  if (isResponse(new Set(Object.keys(Object(value)))))
    return { kind: 'drop', why: 'a response that is none of JSON-RPC 2.0' };
  return refused(errorCodes.invalidRequest, idOf(Object(value).id), isCall(value) ? NO_PARAMS : NO_MESSAGE);
}

/** @param head the beginning of the line, and @param tail its end: the rest was not kept */
export function judgeTooLong(head: string, tail: string, maxBytes: number): Verdict {
  const members = membersAt(head);
  if (isResponse(members)) return { kind: 'drop', why: `a response of more than ${maxBytes} bytes` };
  const id = idOf(members.get('id')) ?? idOf(scalarIn(ID_AT_END.exec(tail)?.[1]));
  return refused(
    errorCodes.invalidRequest,
    id,
    `This message has more than ${maxBytes} bytes, and was not read. Put what is long into a file and name that.`,
  );
}

function refused(...error: Parameters<typeof errorAnswer>): Verdict {
  return { kind: 'answer', answer: errorAnswer(...error) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function fits(value: unknown): boolean {
  try {
    parseJSONRPCMessage(value);
    return true;
  } catch {
    return false;
  }
}

/** As far as JSON-RPC goes; what is wrong is then what MCP asks of its params. */
function isCall(value: unknown): boolean {
  const { jsonrpc, method, id } = Object(value);
  const isId = id === undefined || typeof id === 'string' || Number.isInteger(id);
  return jsonrpc === '2.0' && typeof method === 'string' && isId;
}

function isResponse(members: Pick<ReadonlySet<string>, 'has'>): boolean {
  return !members.has('method') && (members.has('result') || members.has('error'));
}

const SCALAR = String.raw`"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*`;
const MEMBER = new RegExp(String.raw`\s*"(\w+)"\s*:\s*(${SCALAR})?\s*,?`, 'y');
/** Only the brace that ends the message comes after it, so it is of the message and not of something inside. */
const ID_AT_END = new RegExp(
  String.raw`,\s*"id"\s*:\s*(${SCALAR})\s*(?:,\s*"(?:jsonrpc|method)"\s*:\s*"[^"]*"\s*)*\}\s*$`,
);

/** The message's own members, up to the first that is no text or number: that one is what is long. */
function membersAt(head: string): Map<string, unknown> {
  const members = new Map<string, unknown>();
  const opening = /^\s*\{/.exec(head);
  if (!opening) return members;
  MEMBER.lastIndex = opening[0].length;
  for (let found = MEMBER.exec(head); found?.[1] !== undefined; found = MEMBER.exec(head)) {
    members.set(found[1], scalarIn(found[2]));
    if (found[2] === undefined) break;
  }
  return members;
}

function scalarIn(text: string | undefined): unknown {
  return text === undefined ? undefined : parsed(text);
}
