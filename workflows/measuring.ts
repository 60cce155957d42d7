/** Counts agents as they start and end. The SDK measures nothing of a workflow that is only replayed, so each is counted once. */
import { metricMeter } from '@temporalio/workflow';
import type { AgentInput, Outcome, Tier } from './contract';
import { type Measure, measures } from './measures';

export function measureStart({ agentType, tier }: Pick<AgentInput, 'agentType' | 'tier'>): void {
  counterOf(measures.agentsStarted).add(1, { agent_type: agentType, tier });
}

export function measureEnd(
  { agentType, tier }: { agentType: string; tier: Tier },
  { status, reason }: Pick<Outcome, 'status' | 'reason'>,
  durationMs: number,
): void {
  counterOf(measures.agentsEnded).add(1, { agent_type: agentType, tier, status, reason });
  const { name, unit, help } = measures.agentDuration;
  const duration = metricMeter.createHistogram(name, 'float', unit, help);
  duration.record(Math.max(0, durationMs) / 1000, { agent_type: agentType, status });
}

function counterOf({ name, unit, help }: Measure) {
  return metricMeter.createCounter(name, unit, help);
}
