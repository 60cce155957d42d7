/** Lets an agent that has ended go on: a new run under its id, begun by the message that asks for it. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { attributes, ITSELF } from '../../workflows/attributes';
import type { AgentMemo } from '../../workflows/contract';
import type { SentMessage } from '../../workflows/mail';
import {
  AGENT_WORKFLOW,
  messageSignal,
  PROGRESS_MEMO,
  REOPENS_MEMO,
  REPORT_MEMO,
} from '../../workflows/messages';
import type { Reopening } from '../../workflows/reopening';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { isOpen } from './facts';
import { announce, placeFor } from './gate';
import type { Observation } from './observe';
import { underWay } from './session';
import { startOptions } from './startOptions';

/** @returns false when it does not stand any more as it was seen: another's message has let it go on */
export async function reopen(
  context: AgentsContext,
  seen: Observation,
  message: SentMessage,
): Promise<boolean> {
  const { session, nowMs } = context;
  if (session.ended) throw new UserError('invalid', 'This session has ended. Send from a new one.');
  if (seen.neverBegan) throw neverBegan(seen.agentId);
  session.spawned.push({ agentId: seen.agentId, atMs: nowMs(), lifetime: seen.memo.lifetime });
  return underWay(session, start(context, seen, message));
}

async function start(context: AgentsContext, seen: Observation, message: SentMessage): Promise<boolean> {
  const { temporal, session, nowMs } = context;
  const { workflow } = temporal.client;
  if (seen.memo.lifetime === 'session') await session.lease?.hold(temporal);
  const described = await temporal.call(() => workflow.getHandle(seen.agentId).describe());
  if (isOpen(described) || described.runId !== seen.runId) return false;
  const reopening: Reopening = {
    reopens: seen.runId,
    session: session.id,
    ...placeFor(context),
    atMs: nowMs(),
  };
  // Should another's message begin a run in this moment, this one is a signal to that.
  await temporal.call(() =>
    workflow.signalWithStart(AGENT_WORKFLOW, {
      ...startOptions({
        agentId: seen.agentId,
        task: seen.memo.task,
        session: session.id,
        urgency: 'background',
      }),
      args: [reopening],
      signal: messageSignal,
      signalArgs: [message],
      memo: memoFor(described, seen, reopening),
      typedSearchAttributes: attributesFor(described, reopening),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    }),
  );
  await announce(context, seen.agentId, { ...reopening, createdAtMs: reopening.atMs });
  return true;
}

/** All that it had, but for how it ended. */
function memoFor(
  { memo }: WorkflowExecutionDescription,
  { progress }: Observation,
  { reopens, place }: Reopening,
): Record<string, unknown> {
  const { [REPORT_MEMO]: _, isGated: __, ...kept } = memo ?? {};
  const isGated: Pick<AgentMemo, 'isGated'> = place ? { isGated: true } : {};
  return { ...kept, ...isGated, [PROGRESS_MEMO]: progress, [REOPENS_MEMO]: reopens };
}

function attributesFor(
  { typedSearchAttributes }: WorkflowExecutionDescription,
  { session }: Reopening,
): SearchAttributePair[] {
  const { status, reason, costUsd, session: ofSession, parent, ...others } = attributes;
  const kept = new Set<string>(Object.values(others).map(({ name }) => name));
  return [
    ...typedSearchAttributes.getAll().filter(({ key }) => kept.has(key.name)),
    { key: status, value: 'pending' },
    { key: ofSession, value: session },
    { key: parent, value: ITSELF },
  ];
}

function neverBegan(agentId: string): UserError {
  return new UserError(
    'invalid',
    `${agentId} was ended in Temporal before it began: there is nothing that it could go on with. Spawn a new agent.`,
  );
}
