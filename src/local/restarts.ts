/** When a part that died is started again. Pure. */

const FIRST_MS = 100;
const LONGEST_MS = 30_000;
/** So long alive makes up for one death: what works and is killed now and then comes back at once, a crash loop ever later. */
const MAKES_UP_MS = 5_000;
/** Deaths in a row before anything ever worked: it will not, and a person should hear so. */
const HOPELESS = 3;

/** Trying again would not mend it: a person must do something first, and the message says what. */
export class Unmendable extends Error {}

export function failuresAfter(failures: number, aliveMs: number): number {
  return Math.max(0, failures - Math.floor(aliveMs / MAKES_UP_MS)) + 1;
}

export function backoffMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}

export function isHopeless(failures: number, everReady: boolean): boolean {
  return !everReady && failures >= HOPELESS;
}
