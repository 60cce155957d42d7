/** What an agent's memo and search attributes say: written by `spawn`, only handed back by the server. */
import { type AgentMemo, TIERS, type Tier } from '../../workflows/contract';

const NO_LIMITS = { maxTurns: 0, timeoutMs: 0, maxRepeatedCalls: 0, maxOutputTokens: 0 };

/** Fills what a memo lacks, so that a workflow somebody else started under our type cannot break a reader. */
export function memoOf(memo: Record<string, unknown> | undefined): AgentMemo {
  const written: Partial<AgentMemo> = memo ?? {};
  return {
    task: '',
    workspace: '',
    model: 'unknown',
    provider: 'offline',
    lifetime: 'detached',
    limits: NO_LIMITS,
    taskHash: '',
    ...written,
  };
}

export function tierOf(name: string | undefined): Tier {
  return TIERS.find((tier) => tier === name) ?? 'sonnet';
}
