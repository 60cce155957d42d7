/**
 * What is measured of agents for those who operate them: every name, unit and label in one table. A label is of a kind with few
 * values; none holds text, an id or a path. Durations are in seconds. Where nobody asked for metrics, nothing is measured.
 */
export interface Measure {
  kind: 'counter' | 'histogram';
  name: string;
  /** `nanoUSD`: the SDK's counters count whole numbers, and one token costs less than a millionth of a dollar. */
  unit: 's' | 'nanoUSD' | '';
  help: string;
  labels: readonly string[];
  /** Upper bounds. */
  buckets?: readonly number[];
}

const MINUTE_S = 60;
const HOUR_S = 3_600;

export const measures = {
  agentsStarted: {
    kind: 'counter',
    name: 'bga_agents_started',
    unit: '',
    help: 'Agents that a worker took for the first time, and those that went on after an ending.',
    labels: ['agent_type', 'tier'],
  },
  agentsEnded: {
    kind: 'counter',
    name: 'bga_agents_ended',
    unit: '',
    help: 'Agents that ended, by how. Those that were terminated in Temporal are missing.',
    labels: ['agent_type', 'tier', 'status', 'reason'],
  },
  agentWaits: {
    kind: 'histogram',
    name: 'bga_agent_start_wait',
    unit: 's',
    help: 'Time from a spawn until the agent begins to work: for a worker, and for a place among those of its session.',
    labels: ['agent_type'],
    buckets: [0.1, 0.5, 1, 5, 15, MINUTE_S, 5 * MINUTE_S, 15 * MINUTE_S, HOUR_S, 4 * HOUR_S],
  },
  agentDuration: {
    kind: 'histogram',
    name: 'bga_agent_duration',
    unit: 's',
    help: 'Time from the first work on an agent to its ending, waits for a person included.',
    labels: ['agent_type', 'status'],
    buckets: [1, 5, 15, MINUTE_S, 5 * MINUTE_S, 15 * MINUTE_S, HOUR_S, 4 * HOUR_S, 24 * HOUR_S, 168 * HOUR_S],
  },
  modelTokens: {
    kind: 'counter',
    name: 'bga_model_tokens',
    unit: '',
    help: 'Tokens, by what they were: input (beside the cache), output, cache_read, cache_write.',
    labels: ['tier', 'model', 'kind'],
  },
  modelCost: {
    kind: 'counter',
    name: 'bga_model_cost',
    unit: 'nanoUSD',
    help: 'What the tokens cost, in US dollars. A model without a known price counts as free.',
    labels: ['tier', 'model'],
  },
  modelCalls: {
    kind: 'histogram',
    name: 'bga_model_call_duration',
    unit: 's',
    help: 'Requests to models, until the whole reply was there: ok, aborted, or how they failed.',
    labels: ['tier', 'outcome'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 900],
  },
  modelRests: {
    kind: 'histogram',
    name: 'bga_model_retry_wait',
    unit: 's',
    help: 'How long failed model calls rest before they are tried again, by the kind of failure.',
    labels: ['tier', 'kind'],
    buckets: [1, 2.5, 5, 10, 30, 60, 120, 300, 600],
  },
  toolCalls: {
    kind: 'histogram',
    name: 'bga_tool_call_duration',
    unit: 's',
    help: 'Tool calls: ok, error (an answer for the model), aborted, or failed (they are called again).',
    labels: ['tool', 'outcome'],
    buckets: [0.001, 0.005, 0.02, 0.05, 0.2, 0.5, 1, 5, 20, 60],
  },
} as const satisfies Record<string, Measure>;
