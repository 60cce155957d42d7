/**
 * An idempotency key is given to one agent, by whoever asks first: the start of a workflow whose id is the key's. An agent's own id
 * holds its type as well, so two processes with two types for one key would start two agents.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { KEY_WORKFLOW, keyWorkflowId } from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import type { AgentsContext } from './context';
import { shortHash } from './ids';

const AGENT_MEMO = 'agentId';

export interface Claim {
  key: string;
  agentId: string;
}

/** @returns the agent that the key is given to: the claimant's, or another one that was quicker */
export async function claimKey(
  { temporal, session }: AgentsContext,
  { key, agentId }: Claim,
): Promise<string> {
  const { workflow } = temporal.client;
  const workflowId = keyWorkflowId(shortHash(JSON.stringify([session.id, key])));
  try {
    await temporal.call(() =>
      workflow.start(KEY_WORKFLOW, {
        workflowId,
        taskQueue: taskQueues.agents,
        memo: { [AGENT_MEMO]: agentId },
        staticSummary: `the idempotency key of ${agentId}`,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        // With no worker to end it, it ends by itself: that it was there is all.
        workflowExecutionTimeout: '1 hour',
      }),
    );
    return agentId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { memo } = await temporal.call(() => workflow.getHandle(workflowId).describe());
    const holder = memo?.[AGENT_MEMO];
    return typeof holder === 'string' ? holder : agentId;
  }
}
