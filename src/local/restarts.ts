/** When a part that died is started again. Pure. */

const FIRST_MS = 100;
const LONGEST_MS = 30_000;
/** After this long a death is a new story, not the next act of a crash loop. */
const HEALTHY_MS = 60_000;
/** Deaths in a row before anything ever worked: it will not, and a person should hear so. */
const HOPELESS = 3;

/** Trying again would not mend it: a person must do something first, and the message says what. */
export class Unmendable extends Error {}

export function failuresAfter(failures: number, aliveMs: number): number {
  return aliveMs >= HEALTHY_MS ? 1 : failures + 1;
}

export function backoffMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}

export function isHopeless(failures: number, everReady: boolean): boolean {
  return !everReady && failures >= HOPELESS;
}
