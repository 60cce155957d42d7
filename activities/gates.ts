import type { GateActivities } from '../workflows/places';

export interface GateDeps {
  /** Which of these agents have not ended, by Temporal's own word. */
  openAgents: (agentIds: readonly string[]) => Promise<string[]>;
}

export function createGateActivities({ openAgents }: GateDeps): GateActivities {
  return { stillOpen: openAgents };
}
