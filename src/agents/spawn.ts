import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import type { AgentInput, AgentMemo } from '../../workflows/contract';
import { givenDetails } from '../../workflows/details';
import { AGENT_WORKFLOW } from '../../workflows/messages';
import { oneLine } from '../../workflows/text';
import { claimKey } from './claim';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { announce } from './gate';
import { type Started, spawnOnce } from './idempotency';
import { newAgentId, shortHash } from './ids';
import { type Observation, observe } from './observe';
import type { Urgency } from './priority';
import type { SpawnResult } from './results';
import { type Spawned, underWay } from './session';
import { refuseTooMany } from './spawnRate';
import { type PreparedSpawn, prepareSpawn, type SpawnRequest } from './spawnRequest';
import { startOptions } from './startOptions';

/** A first look before this finds nothing yet. */
const POLL_AFTER_MS = 2_000;

/** Starts an agent, or finds the one that the same idempotency key started. Nothing is started when anything is wrong. */
export async function spawn(
  context: AgentsContext,
  request: SpawnRequest,
  urgency: Urgency = 'background',
): Promise<SpawnResult> {
  const prepared = await prepareSpawn(context, request);
  return spawnPrepared(context, { ...prepared, key: request.idempotency_key }, urgency);
}

/** The same for a request that has been checked. */
export async function spawnPrepared(
  context: AgentsContext,
  { input, why, key }: PreparedSpawn & { key: string | undefined },
  urgency: Urgency = 'background',
): Promise<SpawnResult> {
  const taskHash = shortHash(input.task);
  const started =
    key === undefined
      ? // Its id is new: that it exists can only mean that the first try of this very call got through.
        { ...(await start(context, newAgentId(input.agentType), { input, taskHash, urgency })), isNew: true }
      : await spawnOnce(context, { key, taskHash, agentType: input.agentType }, (id) =>
          start(context, id, { input, taskHash, urgency, key }),
        );
  return started.isNew
    ? newResult(started.agentId, input, why)
    : foundResult(await observe(context, started.agentId));
}

interface Start {
  input: AgentInput;
  taskHash: string;
  urgency: Urgency;
  key?: string;
}

async function start(context: AgentsContext, agentId: string, wanted: Start): Promise<Started> {
  const { session } = context;
  const { input } = wanted;
  if (session.ended) throw new UserError('invalid', 'This session has ended. Spawn from a new one.');
  const entry = { agentId, atMs: input.createdAtMs, lifetime: input.lifetime };
  session.spawned.push(entry);
  try {
    const isNew = await underWay(session, startEntered(context, entry, wanted));
    return { agentId: entry.agentId, isNew };
  } catch (error) {
    // Refused for certain; one whose answer got lost may well be there.
    if (!(error instanceof UserError && error.kind === 'unreachable'))
      session.spawned = session.spawned.filter((other) => other !== entry);
    throw error;
  }
}

async function startEntered(context: AgentsContext, entry: Spawned, wanted: Start): Promise<boolean> {
  const { input, key } = wanted;
  await refuseTooMany(context, entry);
  // First the lease: an agent without one would outlive a session that is killed in between.
  if (input.lifetime === 'session') await context.session.lease?.hold(context.temporal);
  if (key !== undefined) {
    const holder = await claimKey(context, { key, agentId: entry.agentId });
    if (holder !== entry.agentId) {
      entry.agentId = holder;
      return false;
    }
  }
  const isNew = await startWorkflow(context, entry.agentId, wanted);
  if (isNew) await announce(context, entry.agentId, input);
  return isNew;
}

/** False when there is one under this id already. */
async function startWorkflow(
  { temporal }: AgentsContext,
  agentId: string,
  { input, taskHash, urgency }: Start,
): Promise<boolean> {
  const options = {
    ...startOptions({ agentId, task: input.task, session: input.session, urgency }),
    staticDetails: givenDetails(input),
    args: [input],
    memo: { ...memoFor(input, taskHash) },
    typedSearchAttributes: attributesOf(input),
    workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
  };
  try {
    await temporal.call(() => temporal.client.workflow.start(AGENT_WORKFLOW, options));
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

function memoFor(input: AgentInput, taskHash: string): AgentMemo {
  return {
    task: oneLine(input.task, 1_000),
    ...(input.name === undefined ? {} : { name: input.name }),
    workspace: input.workspace,
    model: input.model,
    provider: input.provider,
    lifetime: input.lifetime,
    limits: input.limits,
    ...(input.place === undefined ? {} : { isGated: true }),
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
    ...(input.owner === undefined ? [] : [{ key: attributes.owner, value: input.owner }]),
    { key: attributes.createdAt, value: new Date(input.createdAtMs) },
  ];
}

function newResult(agentId: string, input: AgentInput, why: string | undefined): SpawnResult {
  return {
    agent_id: agentId,
    status: 'pending',
    agent_type: input.agentType,
    ...(why === undefined ? {} : { agent_type_reason: why }),
    tier: input.tier,
    model: input.model,
    provider: input.provider,
    workspace: input.workspace,
    lifetime: input.lifetime,
    created_at: new Date(input.createdAtMs).toISOString(),
    poll_after_ms: POLL_AFTER_MS,
  };
}

/** The agent as it is, not as this call would have made it. */
export function foundResult(seen: Observation): SpawnResult {
  return {
    agent_id: seen.agentId,
    status: seen.status,
    agent_type: seen.agentType,
    tier: seen.tier,
    model: seen.model,
    provider: seen.memo.provider,
    workspace: seen.memo.workspace,
    lifetime: seen.memo.lifetime,
    created_at: new Date(seen.createdAtMs).toISOString(),
    poll_after_ms: POLL_AFTER_MS,
  };
}
