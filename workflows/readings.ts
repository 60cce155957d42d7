/** How far a session has read each agent. Plain data: kept in memory, in a file, or in the workflow of a named session. */

export interface Reading {
  /** Lines of the log already read. */
  lines: number;
  /** The same before the last reading: whoever did not get its answer reads again from there. */
  before: number;
  /** The ending whose result was read to its end. An agent that was continued since has another one. */
  endedAtMs?: number;
}

export type Move = Pick<Reading, 'lines' | 'endedAtMs'>;

/** By agent (or agent and filter), those read last at the end. */
export type Readings = ReadonlyMap<string, Reading>;

/** More agents than anybody returns to. */
const KEPT = 2_000;

export function readingOf(readings: Readings, key: string): Reading {
  return readings.get(key) ?? { lines: 0, before: 0 };
}

/** Whether the result of this ending was read to its end. */
export function hasReadEnding(readings: Readings | undefined, agentId: string, endedAtMs: number): boolean {
  return (readings?.get(agentId)?.endedAtMs ?? 0) >= endedAtMs;
}

/** A place only ever moves forward, in whatever order its moves arrive. */
export function moved(readings: Readings, moves: readonly (readonly [key: string, move: Move])[]): Readings {
  const next = new Map(readings);
  for (const [key, move] of moves) {
    const reading = after(readingOf(next, key), move);
    // To the end of the order.
    next.delete(key);
    next.set(key, reading);
  }
  for (const key of next.keys()) {
    if (next.size <= KEPT) break;
    next.delete(key);
  }
  return next;
}

function after(known: Reading, move: Move): Reading {
  const isFurther = move.lines > known.lines;
  const endedAtMs = Math.max(known.endedAtMs ?? 0, move.endedAtMs ?? 0);
  return {
    lines: isFurther ? move.lines : known.lines,
    before: isFurther ? known.lines : known.before,
    ...(endedAtMs > 0 ? { endedAtMs } : {}),
  };
}

/** Those of these agents that have one. */
export function picked(readings: Readings, keys: readonly string[]): [string, Reading][] {
  return keys.flatMap((key) => {
    const reading = readings.get(key);
    return reading ? [[key, reading]] : [];
  });
}
