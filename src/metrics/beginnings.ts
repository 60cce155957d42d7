/**
 * What a worker may come to count, as far as that is known when it starts: shown at 0 until it happens. Prometheus sees a counter
 * rise, not appear, so that the first agent, or the first rejected key, after each start would be missing from every `rate`. Pure.
 */
import { MODEL_OUTCOMES, TOKEN_KINDS, TOOL_OUTCOMES } from '../../activities/measures';
import { RETRIED_KINDS } from '../../activities/model/failure';
import { TOOLS } from '../../activities/tools';
import { FAIL_REASONS, KILL_REASONS, type Outcome, TIERS, type Tier } from '../../workflows/contract';
import { type Measure, measures } from '../../workflows/measures';
import { type Queue, queueOf } from '../queues';

export interface Beginning {
  measure: Measure;
  labels: Record<string, string>;
}

interface Kinds {
  /** Names of the agent types. */
  agentTypes: readonly string[];
  models: Readonly<Record<Tier, string>>;
}

export function beginningsOf(queues: readonly string[], kinds: Kinds): Beginning[] {
  return queues.map(queueOf).flatMap((queue) => beginningsOn(queue, kinds));
}

function beginningsOn({ role }: Queue, { agentTypes, models }: Kinds): Beginning[] {
  switch (role.kind) {
    case 'agents':
      return agentTypes.flatMap(ofAgents);
    case 'model':
      return ofModel(role.tier, models[role.tier]);
    case 'workspace':
      return TOOLS.flatMap(({ name: tool }) =>
        TOOL_OUTCOMES.map((outcome) => at0(measures.toolCalls, { tool, outcome })),
      );
  }
}

const ENDINGS: readonly Pick<Outcome, 'status' | 'reason'>[] = [
  { status: 'completed', reason: 'answered' },
  ...FAIL_REASONS.map((reason) => ({ status: 'failed', reason }) as const),
  ...KILL_REASONS.map((reason) => ({ status: 'killed', reason }) as const),
];
const FINAL_STATUSES = [...new Set(ENDINGS.map(({ status }) => status))];

/** Whoever spawns one may choose another tier than its type's. */
function ofAgents(agent_type: string): Beginning[] {
  return [
    at0(measures.agentWaits, { agent_type }),
    ...FINAL_STATUSES.map((status) => at0(measures.agentDuration, { agent_type, status })),
    ...TIERS.flatMap((tier) => [
      at0(measures.agentsStarted, { agent_type, tier }),
      ...ENDINGS.map((ending) => at0(measures.agentsEnded, { agent_type, tier, ...ending })),
    ]),
  ];
}

function ofModel(tier: Tier, model: string): Beginning[] {
  return [
    ...Object.keys(TOKEN_KINDS).map((kind) => at0(measures.modelTokens, { tier, model, kind })),
    at0(measures.modelCost, { tier, model }),
    ...MODEL_OUTCOMES.map((outcome) => at0(measures.modelCalls, { tier, outcome })),
    ...RETRIED_KINDS.map((kind) => at0(measures.modelRests, { tier, kind })),
  ];
}

function at0(measure: Measure, labels: Record<string, string>): Beginning {
  return { measure, labels };
}
