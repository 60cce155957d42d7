import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import type { AgentInput, AgentMemo } from '../../workflows/contract';
import { AGENT_WORKFLOW } from '../../workflows/messages';
import { taskQueues } from '../../workflows/queues';
import { oneLine } from '../../workflows/text';
import type { AgentsContext } from './context';
import { spawnOnce } from './idempotency';
import { newAgentId, shortHash } from './ids';
import { observe } from './observe';
import type { SpawnResult } from './results';
import { prepareSpawn, type SpawnRequest } from './spawnRequest';

/** A first look before this finds nothing yet. */
const POLL_AFTER_MS = 2_000;
/** Bytes of a summary that Temporal's Web UI shows; the server refuses more than 400. */
const SUMMARY_CHARS = 100;

/** Starts an agent, or finds the one that the same idempotency key started. Nothing is started when anything is wrong. */
export async function spawn(context: AgentsContext, request: SpawnRequest): Promise<SpawnResult> {
  const { input, why } = await prepareSpawn(context, request);
  const taskHash = shortHash(input.task);
  const key = request.idempotency_key;
  const agentId =
    key === undefined
      ? await start(context, newAgentId(input.agentType), input, taskHash)
      : await spawnOnce(context, { key, taskHash, agentType: input.agentType }, (id) =>
          start(context, id, input, taskHash),
        );
  return resultOf(context, agentId, input, why);
}

async function start(
  context: AgentsContext,
  agentId: string,
  input: AgentInput,
  taskHash: string,
): Promise<string> {
  const { temporal, session } = context;
  const options = {
    workflowId: agentId,
    taskQueue: taskQueues.agents,
    args: [input],
    memo: { ...memoOf(input, taskHash) },
    staticSummary: oneLine(input.task, SUMMARY_CHARS),
    typedSearchAttributes: attributesOf(input),
    workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
  };
  session.spawned.push({ agentId, atMs: input.createdAtMs, lifetime: input.lifetime });
  try {
    await temporal.call(() => temporal.client.workflow.start(AGENT_WORKFLOW, options));
  } catch (error) {
    // Either another process used the same idempotency key, or the first try of this very call got through.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return agentId;
}

function memoOf(input: AgentInput, taskHash: string): AgentMemo {
  return {
    task: oneLine(input.task, 1_000),
    ...(input.name === undefined ? {} : { name: input.name }),
    workspace: input.workspace,
    model: input.model,
    provider: input.provider,
    lifetime: input.lifetime,
    limits: input.limits,
    taskHash,
  };
}

function attributesOf(input: AgentInput) {
  return [
    { key: attributes.type, value: input.agentType },
    { key: attributes.tier, value: input.tier },
    { key: attributes.model, value: input.model },
    { key: attributes.status, value: 'pending' },
    { key: attributes.session, value: input.session },
    { key: attributes.workspace, value: shortHash(input.workspace) },
    { key: attributes.createdAt, value: new Date(input.createdAtMs) },
  ];
}

async function resultOf(
  context: AgentsContext,
  agentId: string,
  input: AgentInput,
  why: string | undefined,
): Promise<SpawnResult> {
  const existing = context.session.spawned.at(-1)?.agentId !== agentId;
  const seen = existing ? await observe(context, agentId) : undefined;
  return {
    agent_id: agentId,
    status: seen?.status ?? 'pending',
    agent_type: input.agentType,
    ...(why === undefined ? {} : { agent_type_reason: why }),
    tier: input.tier,
    model: seen?.memo.model ?? input.model,
    provider: seen?.memo.provider ?? input.provider,
    workspace: seen?.memo.workspace ?? input.workspace,
    lifetime: seen?.memo.lifetime ?? input.lifetime,
    created_at: new Date(seen?.createdAtMs ?? input.createdAtMs).toISOString(),
    poll_after_ms: POLL_AFTER_MS,
  };
}
