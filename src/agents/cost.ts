/** What agents have spent, read from visibility: ended ones left it in their memo, the others are looked at one by one. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { attributes } from '../../workflows/attributes';
import type { Progress, Served, Tier } from '../../workflows/contract';
import { PROGRESS_MEMO } from '../../workflows/messages';
import { tokensOf } from '../../workflows/spending';
import { NO_USAGE } from '../../workflows/usage';
import { UnreadableError } from '../codec/errors';
import { type CostReport, costReport, type Grouping, type Spent } from '../cost/report';
import { wholeSince } from '../cost/whole';
import type { AgentsContext } from './context';
import { isOpen, tierOf } from './facts';
import { absentIfNotFound } from './idempotency';
import { inTurns } from './inTurns';
import { type Observation, observe } from './observe';
import type { StatusResult } from './results';
import { type Keeping, keepingOf } from './retention';
import { usageResultOf } from './status';
import { type AgentFilter, createdBetween, queryFor, rows, type Scope } from './visibility';
import { memoOf, progressOf } from './wire';

const DAY_MS = 86_400_000;

export interface CostRequest extends Pick<AgentFilter, 'scope' | 'agentType'> {
  by: Grouping;
  sinceMs: number;
  untilMs: number;
}

/** What `bga cost --json` prints. */
export interface CostResult {
  since: string;
  until: string;
  /** How long the server keeps what has ended; null where it does not say. */
  retention_days: number | null;
  /** Of what had ended before, `bga prune` deleted some. */
  pruned_before: string | null;
  /** From then on nothing is missing: `since`, or later; null where nobody can tell. */
  complete_since: string | null;
  by: Grouping;
  scope: Scope;
  /** Spawned in that time, … */
  agents: number;
  /** … of these not ended yet, … */
  open: number;
  /** … and so many of whose usage nobody can tell all now. */
  incomplete: number;
  usage: StatusResult['usage'];
  groups: { key: string; agents: number; usage: StatusResult['usage'] }[];
  one_tier_alone: { tier: Tier; model: string; cost_usd: number | null }[];
  /** They took tokens, and count as free. */
  unpriced_models: string[];
}

export async function cost(
  context: AgentsContext,
  request: CostRequest,
  onProgress: (text: string) => void = () => undefined,
): Promise<CostResult> {
  const { by, sinceMs, untilMs } = request;
  const query = createdBetween(await queryFor(context, request), sinceMs, untilMs);
  const keeping = await keepingOf(context.temporal);
  const found = await rows(context, query, (count) => onProgress(`reading what ${count} agents cost`));
  const spent = await spentBy(context, found, onProgress);
  const { config } = context;
  return toResult(request, costReport(spent, by, config), keeping);
}

async function spentBy(
  context: AgentsContext,
  found: readonly WorkflowExecutionInfo[],
  onProgress: (text: string) => void,
): Promise<Spent[]> {
  const told = found.flatMap((row) => {
    const progress = isOpen(row) ? undefined : progressOf(row.memo?.[PROGRESS_MEMO]);
    return progress && !wasCutShort(row) ? [spentFrom(row, progress)] : [];
  });
  const known = new Set(told.map(({ agentId }) => agentId));
  const others = found.filter(({ workflowId }) => !known.has(workflowId));
  const looked = await inTurns(
    others,
    (row) => lookAt(context, row),
    (done) => onProgress(`looking at agents that run or left no bill: ${done} of ${others.length}`),
  );
  return [...told, ...looked];
}

/** By somebody else than the agent: what its memo says is how far it had come when its run began. */
function wasCutShort({ status: { name } }: WorkflowExecutionInfo): boolean {
  return name === 'TERMINATED' || name === 'TIMED_OUT';
}

async function lookAt(context: AgentsContext, row: WorkflowExecutionInfo) {
  const seen = await observe(context, row.workflowId).catch(unlessUnreadable);
  if (seen) return spentFrom(row, seen.progress, isComplete(seen));
  const costUsd = row.typedSearchAttributes.get(attributes.costUsd) ?? 0;
  return spentFrom(row, { ...NO_PROGRESS, usage: { ...NO_USAGE, costUsd } }, false);
}

const NO_PROGRESS: Progress = { startedAtMs: 0, turn: 0, toolCalls: 0, usage: NO_USAGE };

/** What was deleted meanwhile, or cannot be decrypted here, still has its search attributes. */
function unlessUnreadable(error: unknown): undefined {
  return error instanceof UnreadableError ? undefined : absentIfNotFound(error);
}

function isComplete({ report, status, progress }: Observation): boolean {
  return report !== undefined || status === 'pending' || progress.startedAtMs > 0;
}

function spentFrom(
  row: WorkflowExecutionInfo,
  { usage, shares }: Progress,
  isWhole = true,
): Spent & { agentId: string } {
  const typed = row.typedSearchAttributes;
  const model = typed.get(attributes.model) ?? memoOf(row.memo).model;
  const own: Served = { tier: tierOf(typed.get(attributes.tier)), model, usage };
  return {
    agentId: row.workflowId,
    agentType: typed.get(attributes.type) ?? 'general',
    session: typed.get(attributes.session) ?? '',
    createdAtMs: (typed.get(attributes.createdAt) ?? row.startTime).getTime(),
    isOpen: isOpen(row),
    isComplete: isWhole,
    parts: shares?.filter((share) => tokensOf(share.usage) > 0) ?? [own],
  };
}

function toResult(request: CostRequest, report: CostReport, keeping: Keeping): CostResult {
  const { by, sinceMs, untilMs, scope } = request;
  return {
    since: new Date(sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    retention_days: keeping.retentionMs === undefined ? null : keeping.retentionMs / DAY_MS,
    pruned_before: isoOrNull(keeping.prunedBeforeMs),
    complete_since: isoOrNull(wholeSince(sinceMs, untilMs, keeping)),
    by,
    scope,
    agents: report.agents,
    open: report.open,
    incomplete: report.incomplete,
    usage: usageResultOf(report.usage),
    groups: report.groups.map(({ key, agents, usage }) => ({ key, agents, usage: usageResultOf(usage) })),
    one_tier_alone: report.alone.map(({ tier, model, costUsd }) => ({
      tier,
      model,
      cost_usd: costUsd ?? null,
    })),
    unpriced_models: report.unpriced,
  };
}

function isoOrNull(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}
