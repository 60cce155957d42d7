/**
 * Whose an agent is, and who may know of it. Asked in the two places through which every operation goes: the look at one
 * agent, and the query for many.
 */

/** On whose behalf a session acts. */
export interface Caller {
  /** Recorded with each agent; absent for the user of this machine. */
  owner?: string;
  /** Whether agents of others are shown as well. */
  sees: 'own' | 'all';
}

/** Whoever starts `bga` on this machine could read everything anyway. */
export const LOCAL_CALLER: Caller = { sees: 'all' };

/** Those who are configured for it share what they have, whoever spawned it. */
export function callerOf(owner: string | undefined, { shareAgents }: { shareAgents: boolean }): Caller {
  if (owner === undefined) return LOCAL_CALLER;
  return { owner, sees: shareAgents ? 'all' : 'own' };
}

export function maySee(caller: Caller, owner: string | undefined): boolean {
  return caller.sees === 'all' || caller.owner === owner;
}

/** The same in the query language of visibility. */
export function clauseFor({ owner, sees }: Caller, quote: (text: string) => string): string[] {
  if (sees === 'all') return [];
  return [owner === undefined ? 'AgentOwner IS NULL' : `AgentOwner = ${quote(owner)}`];
}
