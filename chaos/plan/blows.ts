/** What is done to the service, and when: a pure function of the seed and the size of the run. */
import { randomFor } from './random';

export const BLOWS = ['kill_worker', 'kill_server', 'stop_worker'] as const;
export type BlowKind = (typeof BLOWS)[number];

export interface Blow {
  kind: BlowKind;
  /** It falls when so many turns have been asked for: by progress, not by the clock, so that a slow machine meets the same. */
  atTurn: number;
  /** After that, so that it falls anywhere within a turn. */
  delayMs: number;
}

/** Of all turns, in percent: before that too little is in flight, and after it too little is left. */
const FIRST_PERCENT = 4;
const LAST_PERCENT = 88;
const MOST_DELAY_MS = 600;

export function planBlows(seed: number, turnCount: number, counts: Record<BlowKind, number>): Blow[] {
  const random = randomFor(seed, 'blows');
  const kinds = random.shuffled(BLOWS.flatMap((kind) => Array.from({ length: counts[kind] }, () => kind)));
  const step = (LAST_PERCENT - FIRST_PERCENT) / Math.max(1, kinds.length);
  return kinds.map((kind, index) => {
    const percent = FIRST_PERCENT + step * (index + random.int(0, 99) / 100);
    return {
      kind,
      atTurn: Math.max(1, Math.round((turnCount * percent) / 100)),
      delayMs: random.int(0, MOST_DELAY_MS),
    };
  });
}
