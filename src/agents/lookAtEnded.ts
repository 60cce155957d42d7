/** An agent that has ended: how, and what it left. Temporal's own word on the ending comes first. */
import { type WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { attributes } from '../../workflows/attributes';
import type { AgentReport, Outcome } from '../../workflows/contract';
import { REPORT_MEMO } from '../../workflows/messages';
import { failed, killed } from '../../workflows/stops';
import type { AgentsContext } from './context';
import { askForSnapshot, progressBefore } from './lookAtOpen';
import type { Facts, Observation } from './observe';
import { plainText } from './plain';
import { reopensOf, reportOf } from './wire';

interface Ending {
  outcome: Outcome;
  report?: AgentReport;
}

export async function lookAtEnded(
  context: AgentsContext,
  described: WorkflowExecutionDescription,
  facts: Facts,
): Promise<Observation> {
  const known = context.ended.get(facts.runId);
  if (known) return known;
  const { outcome, report } = await endingOf(context, described, facts);
  const left = report ?? (await progressLeft(context, described, facts.agentId));
  const seen: Observation = {
    ...facts,
    status: outcome.status,
    outcome: outcome.status === 'completed' ? outcome : { ...outcome, message: plainText(outcome.message) },
    ...(report ? { report } : {}),
    ...(neverStarted(described) ? { neverBegan: true } : {}),
    progress: left?.progress ?? progressBefore(described),
    activity: `ended: ${outcome.reason}`,
  };
  // What no worker could tell now, one may tell later.
  if (left || neverStarted(described)) context.ended.set(facts.runId, seen);
  return seen;
}

async function endingOf(
  context: AgentsContext,
  described: WorkflowExecutionDescription,
  facts: Facts,
): Promise<Ending> {
  switch (described.status.name) {
    case 'COMPLETED':
    case 'FAILED':
      return resultOf(context, facts);
    case 'CANCELLED': {
      const report = reportOf(described.memo?.[REPORT_MEMO]);
      return report ? { outcome: report.outcome, report } : { outcome: killed('killed') };
    }
    case 'TIMED_OUT':
      return { outcome: failed('timeout', 'The workflow timed out in Temporal.') };
    default:
      return { outcome: killed('killed', 'It was terminated in Temporal.') };
  }
}

async function resultOf({ temporal }: AgentsContext, { agentId, runId }: Facts): Promise<Ending> {
  try {
    const handle = temporal.client.workflow.getHandle(agentId, runId);
    const result: unknown = await temporal.call(() => handle.result());
    const report = reportOf(result);
    return report ? { outcome: report.outcome, report } : { outcome: unknownEnding() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const report = cause instanceof ApplicationFailure ? reportOf(cause.details?.[0]) : undefined;
    if (report) return { outcome: report.outcome, report };
    return { outcome: failed('internal_error', cause?.message ?? error.message) };
  }
}

function unknownEnding(): Outcome {
  return failed('internal_error', 'It ended with a result that this version does not know.');
}

/** One that somebody terminated left no report, but a worker can still replay how far it had come. */
async function progressLeft(
  context: AgentsContext,
  described: WorkflowExecutionDescription,
  agentId: string,
) {
  return neverStarted(described) ? undefined : askForSnapshot(context, agentId);
}

function neverStarted(described: WorkflowExecutionDescription): boolean {
  const { typedSearchAttributes, memo } = described;
  return typedSearchAttributes.get(attributes.status) === 'pending' && reopensOf(memo) === undefined;
}
