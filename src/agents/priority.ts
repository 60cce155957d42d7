/** Who goes first when there is more work than workers. Temporal orders a backlog by it, and by nothing else. */
import type { Priority } from '@temporalio/common';
import { shortHash } from './ids';

/** Whether somebody waits for the answer, or will look later. */
export type Urgency = 'foreground' | 'background';

/** Of Temporal's 1 (first) to 5; 3 is its default. */
const PRIORITY_KEYS = { foreground: 2, background: 3 } satisfies Record<Urgency, number>;
/** Temporal refuses longer keys. */
const FAIRNESS_KEY_BYTES = 64;

/**
 * Sessions take turns, however many agents each has. An agent's activities inherit both. A server without priority or
 * fairness ignores what it does not know: there the backlog goes first come, first served.
 */
export function priorityOf(sessionId: string, urgency: Urgency): Priority {
  const fairnessKey = Buffer.byteLength(sessionId) <= FAIRNESS_KEY_BYTES ? sessionId : shortHash(sessionId);
  return { priorityKey: PRIORITY_KEYS[urgency], fairnessKey };
}
