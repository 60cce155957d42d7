/** The calls of one run, put together from the events that tell of each. */
import type { Recorded } from './recorded';

/** Something that the workflow asked for: a model's reply, a summary, a tool's result. */
export interface Call {
  seq: number;
  activity: string;
  argument: unknown;
  askedAtMs: number;
  /** When its last attempt began. */
  begunAtMs?: number;
  attempts: number;
  /** Absent while it is under way, or when it was given up. */
  end?: { atMs: number } & ({ result: unknown } | { why: string });
}

export interface Calls {
  /** In the order in which they were asked for. */
  all: readonly Call[];
  /** Results of the calls that were done within the workflow's own task. */
  tried: ReadonlyMap<number, { atMs: number; result: unknown }>;
}

export function callsIn(events: readonly Recorded[]): Calls {
  const calls = new Map<string, Call>();
  const tried = new Map<number, { atMs: number; result: unknown }>();
  for (const event of events) {
    const { atMs } = event;
    if (event.kind === 'scheduled') {
      const { seq, activity, args } = event;
      calls.set(event.eventId, { seq, activity, argument: args[0], askedAtMs: atMs, attempts: 0 });
    } else if (event.kind === 'sentBack') calls.delete(event.scheduledId);
    else if (event.kind === 'tried') tried.set(event.seq, { atMs, result: event.result });
    else if (event.kind === 'begun' || event.kind === 'done' || event.kind === 'failed') {
      const call = calls.get(event.scheduledId);
      if (!call) continue;
      if (event.kind === 'begun') {
        call.begunAtMs = atMs;
        call.attempts = event.attempt;
      } else call.end = { atMs, ...(event.kind === 'done' ? { result: event.result } : { why: event.why }) };
    }
  }
  return { all: [...calls.values()].sort((a, b) => a.seq - b.seq), tried };
}
