/** How a request to the model fails, as the API does it. */
import type { Random } from './random';

const FAULTS = [
  'rate_limited',
  'overloaded',
  'server_error',
  'reset_before',
  'reset_amid',
  'error_amid',
  'stall',
] as const;
export type Fault = (typeof FAULTS)[number];

/** So many turns in a hundred meet a fault; … */
const FAULTY_PERCENT = 9;
/** … and so many of these meet another when they are tried again. */
const AGAIN_PERCENT = 20;
/** A silence costs its whole time-out each time. */
const WITHOUT_STALL = FAULTS.filter((fault) => fault !== 'stall');

/** What the first tries of one turn come to; the try after them is answered. */
export function planFaults(random: Random): Fault[] {
  if (!random.percent(FAULTY_PERCENT)) return [];
  const first = random.pick(FAULTS);
  const second = random.pick<Fault>(['rate_limited', ...WITHOUT_STALL]);
  return random.percent(AGAIN_PERCENT) ? [first, second] : [first];
}
