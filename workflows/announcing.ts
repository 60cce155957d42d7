/**
 * A workflow tells the process it runs in that its agent has ended. Nothing of it is recorded, and nothing waits for it; it is
 * told at least once: again where the process dies before the server knows of the ending.
 */
import { proxySinks, type Sinks, workflowInfo } from '@temporalio/workflow';
import type { AgentInput, AgentReport, TierModel } from './contract';
import type { AgentState } from './state';

/** What is known of an agent at its end, but for what it was asked and what it said. */
export interface Ending
  extends Pick<AgentInput, 'agentType' | 'provider' | 'session' | 'createdAtMs' | 'name' | 'traceparent'>,
    Pick<AgentReport, 'progress' | 'finishedAtMs'>,
    Pick<AgentState, 'reopened'> {
  outcome: Pick<AgentReport['outcome'], 'status' | 'reason'>;
  served: Pick<TierModel, 'tier' | 'model'>;
}

export interface EndingSinks extends Sinks {
  agent: {
    ended(ending: Ending): void;
  };
}

const { agent } = proxySinks<EndingSinks>();

interface Ended {
  input: AgentInput;
  served: TierModel;
  state: Pick<AgentState, 'reopened'>;
}

export function announce({ input, served, state }: Ended, report: AgentReport): void {
  if (workflowInfo().unsafe.isReplaying) return;
  const { agentType, provider, session, createdAtMs, name, traceparent } = input;
  const { outcome, progress, finishedAtMs } = report;
  agent.ended({
    agentType,
    provider,
    session,
    createdAtMs,
    progress,
    finishedAtMs,
    outcome: { status: outcome.status, reason: outcome.reason },
    served: { tier: served.tier, model: served.model },
    ...(name === undefined ? {} : { name }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(state.reopened === undefined ? {} : { reopened: state.reopened }),
  });
}
