/** What the model answers: the planned turn as the API streams it, or the planned fault. */
import {
  errorEvent,
  messageEnd,
  messageStart,
  type RawReply,
  sse,
  textEvents,
  toolEvents,
} from '../../test/support/rawModelServer';
import type { PlannedTurn } from '../plan/agents';
import type { Fault } from '../plan/faults';

type Event = { type: string; [field: string]: unknown };

/** Events of a reply that arrive before it breaks. */
const EVENTS_BEFORE_BREAK = 3;
/** Texts and arguments come in so many pieces. */
const PIECES = 3;

export function answerOf(turn: PlannedTurn): RawReply {
  return { events: eventsOf(turn), eventDelayMs: turn.eventDelayMs };
}

function eventsOf({ text, calls, tokens }: PlannedTurn): Event[] {
  const usage = {
    input_tokens: tokens.input,
    output_tokens: 1,
    cache_read_input_tokens: tokens.cacheRead,
    cache_creation_input_tokens: tokens.cacheWrite,
  };
  return [
    messageStart(usage),
    ...textEvents(0, ...pieces(text)),
    ...calls.flatMap((call, index) => toolEvents(index + 1, call.id, call.name, ...pieces(call.json))),
    ...messageEnd(calls.length > 0 ? 'tool_use' : 'end_turn', { output_tokens: tokens.output }),
  ];
}

/** Cut between characters: JSON of half a surrogate pair would not be what an API sends. */
function pieces(text: string): string[] {
  const characters = [...text];
  const size = Math.ceil(characters.length / PIECES);
  return Array.from({ length: PIECES }, (_, nth) => characters.slice(nth * size, (nth + 1) * size).join(''));
}

const PLAYED: Record<Fault, (turn: PlannedTurn) => RawReply> = {
  rate_limited: () => httpError(429, 'rate_limit_error', { 'retry-after': '1' }),
  overloaded: () => httpError(529, 'overloaded_error'),
  server_error: () => httpError(500, 'api_error'),
  reset_before: () => ({ finish: 'reset' }),
  reset_amid: (turn) => broken(turn, 'cut'),
  error_amid: (turn) => ({
    ...broken(turn, 'end'),
    events: [...firstEvents(turn), errorEvent('overloaded_error', 'scripted')],
  }),
  stall: (turn) => broken(turn, 'stall'),
};

export function faultOf(fault: Fault, turn: PlannedTurn): RawReply {
  return PLAYED[fault](turn);
}

export function refusalOf(message: string): RawReply {
  return httpError(400, 'invalid_request_error', {}, message);
}

function httpError(
  status: number,
  type: string,
  headers: Record<string, string> = {},
  message = 'scripted',
): RawReply {
  const body = JSON.stringify({ type: 'error', error: { type, message } });
  return { status, headers: { 'content-type': 'application/json', ...headers }, events: [body] };
}

function broken(turn: PlannedTurn, finish: 'cut' | 'stall' | 'end'): RawReply {
  return { events: firstEvents(turn), eventDelayMs: turn.eventDelayMs, finish };
}

function firstEvents(turn: PlannedTurn): string[] {
  return eventsOf(turn).slice(0, EVENTS_BEFORE_BREAK).map(sse);
}
