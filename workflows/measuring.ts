/** Counts agents as they start and end. The SDK measures nothing of a workflow that is only replayed, so each is counted once. */
import { metricMeter } from '@temporalio/workflow';
import type { AgentInput, Outcome, Tier } from './contract';
import { type Measure, measures } from './measures';

interface Kind {
  agentType: string;
  tier: Tier;
}

export function measureStart({ agentType, tier }: Kind): void {
  count(measures.agentsStarted, { agent_type: agentType, tier });
}

export function measureWait({ agentType }: Pick<AgentInput, 'agentType'>, waitedMs: number): void {
  time(measures.agentWaits, waitedMs, { agent_type: agentType });
}

export function measureEnd(
  { agentType, tier }: Kind,
  { status, reason }: Pick<Outcome, 'status' | 'reason'>,
  durationMs: number,
): void {
  count(measures.agentsEnded, { agent_type: agentType, tier, status, reason });
  time(measures.agentDuration, durationMs, { agent_type: agentType, status });
}

function count({ name, unit, help }: Measure, labels: Record<string, string>): void {
  metricMeter.createCounter(name, unit, help).add(1, labels);
}

/** Clocks of other machines may run ahead, and less than nothing is refused with an error, which would hold up the agent. */
function time({ name, unit, help }: Measure, ms: number, labels: Record<string, string>): void {
  metricMeter.createHistogram(name, 'float', unit, help).record(Math.max(0, ms) / 1000, labels);
}
