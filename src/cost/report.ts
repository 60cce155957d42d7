/** What agents cost, added up: by whom or when it was spent, and what the same tokens would have cost on one tier alone. */
import { costUsd, type PriceTable, priceFor } from '../../activities/model/pricing';
import { type Served, TIERS, type Tier, type Usage } from '../../workflows/contract';
import { tokensOf } from '../../workflows/spending';
import { addUsage, NO_USAGE } from '../../workflows/usage';
import { daysBetween, localDay } from './days';

export const GROUPINGS = ['type', 'tier', 'session', 'day'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** One agent's spending, by the models that served it. */
export interface Spent {
  agentType: string;
  session: string;
  createdAtMs: number;
  isOpen: boolean;
  /** Whether the parts are all that it took: nobody could tell for one that was terminated with no worker up. */
  isComplete: boolean;
  /** Its own model first. */
  parts: readonly Served[];
}

interface Group {
  key: string;
  /** By tier: agents that it served; one that two tiers served is counted at both. */
  agents: number;
  usage: Usage;
}

interface OnOneTier {
  tier: Tier;
  model: string;
  /** Undefined when its model has no known price. */
  costUsd: number | undefined;
}

export interface CostReport {
  agents: number;
  open: number;
  incomplete: number;
  usage: Usage;
  groups: Group[];
  /** The same tokens at the price of each tier. */
  alone: OnOneTier[];
  /** Models that took tokens and have no known price: they count as free. */
  unpriced: string[];
}

export interface Rates {
  prices: PriceTable;
  models: Record<Tier, string>;
}

export function costReport(spent: readonly Spent[], by: Grouping, rates: Rates): CostReport {
  const parts = spent.flatMap((agent) => agent.parts);
  const usage = total(parts);
  return {
    agents: spent.length,
    open: spent.filter(({ isOpen }) => isOpen).length,
    incomplete: spent.filter(({ isComplete }) => !isComplete).length,
    usage,
    groups: grouped(spent, by),
    alone: TIERS.map((tier) => aloneOn(tier, usage, rates)),
    unpriced: unpriced(parts, rates),
  };
}

function total(parts: readonly Served[]): Usage {
  return parts.reduce((sum, part) => addUsage(sum, part.usage), NO_USAGE);
}

function aloneOn(tier: Tier, usage: Usage, { prices, models }: Rates): OnOneTier {
  const model = models[tier];
  const price = priceFor(model, prices);
  return { tier, model, costUsd: price && costUsd(usage, price) };
}

function unpriced(parts: readonly Served[], { prices }: Rates): string[] {
  const free = parts.filter(({ model, usage }) => tokensOf(usage) > 0 && !priceFor(model, prices));
  return [...new Set(free.map(({ model }) => model))].sort();
}

const KEYS: Record<Grouping, (agent: Spent, part: Served) => string> = {
  type: ({ agentType }) => agentType,
  tier: (_, { tier }) => tier,
  session: ({ session }) => session,
  day: ({ createdAtMs }) => localDay(createdAtMs),
};

/** Days in their order, and those without an agent too; everything else dearest first. */
function grouped(spent: readonly Spent[], by: Grouping): Group[] {
  const groups = new Map<string, Group>();
  if (by === 'day') for (const day of daysOf(spent)) groups.set(day, empty(day));
  for (const agent of spent) {
    const seen = new Set<string>();
    for (const part of agent.parts) {
      const key = KEYS[by](agent, part);
      const group = groups.get(key) ?? empty(key);
      groups.set(key, {
        key,
        agents: group.agents + (seen.has(key) ? 0 : 1),
        usage: addUsage(group.usage, part.usage),
      });
      seen.add(key);
    }
  }
  const all = [...groups.values()];
  return by === 'day' ? all : all.sort(dearestFirst);
}

function empty(key: string): Group {
  return { key, agents: 0, usage: NO_USAGE };
}

function daysOf(spent: readonly Spent[]): string[] {
  const times = spent.map(({ createdAtMs }) => createdAtMs).sort((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  return first === undefined || last === undefined ? [] : daysBetween(first, last);
}

function dearestFirst(a: Group, b: Group): number {
  return (
    b.usage.costUsd - a.usage.costUsd ||
    tokensOf(b.usage) - tokensOf(a.usage) ||
    b.agents - a.agents ||
    (a.key < b.key ? -1 : 1)
  );
}
