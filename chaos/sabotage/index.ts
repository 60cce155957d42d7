/**
 * Safeguards that can be broken, each for real, to see that the verdict notices:
 * - `recording`: a worker records a reply once for each attempt that said something, and not once for each turn;
 * - `spawning`: a spawn whose answer got lost is made again without its idempotency key;
 * - `agents`: an agent is terminated in Temporal, behind everybody's back.
 */
export const SABOTAGES = ['recording', 'spawning', 'agents'] as const;
export type Sabotage = (typeof SABOTAGES)[number];
