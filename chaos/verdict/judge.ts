/** What became of each agent beside what the oracle says. Pure. */
import type { Expected } from '../plan/oracle';

/** An agent as it was read. */
export interface Seen {
  /** With its reason, once it has ended: `completed/answered`. */
  status: string;
  lines: string[];
  result: string[];
  turns: number;
  toolCalls: number;
  usage: Expected['usage'];
  /** Activities that its history holds as completed. */
  recorded: Record<string, number>;
}

export type Found = { seen: Seen } | { unreadable: string };

/**
 * - `lost`: there is no such agent, it has not ended, or not with its answer;
 * - `doubled`: it was started twice, or a turn, a tool call or a line of it stands twice where the plan has it once;
 * - `unequal`: what it says, counts or cost is not what the plan comes to.
 */
export type FindingKind = 'lost' | 'doubled' | 'unequal';
export interface Finding {
  kind: FindingKind;
  marker: string;
  what: string;
}

export function judgeAgent(expected: Expected, ids: readonly string[], found: readonly Found[]): Finding[] {
  const say = (kind: FindingKind, what: string): Finding => ({ kind, marker: expected.marker, what });
  if (ids.length === 0) return [say('lost', 'there is no such agent')];
  const twice = ids.length > 1 ? [say('doubled', `was started ${ids.length} times: ${ids.join(', ')}`)] : [];
  const each = found.flatMap((agent) =>
    'unreadable' in agent
      ? [say('lost', `cannot be read: ${agent.unreadable}`)]
      : [
          ...(agent.seen.status === 'completed/answered' ? [] : [say('lost', `is ${agent.seen.status}`)]),
          ...doublings(expected, agent.seen).map((what) => say('doubled', what)),
          ...differences(expected, agent.seen).map((what) => say('unequal', what)),
        ],
  );
  return [...twice, ...each];
}

function doublings(expected: Expected, seen: Seen): string[] {
  const planned = countsOf(expected.lines);
  const lines = [...countsOf(seen.lines)].flatMap(([line, count]) =>
    planned.has(line) && count > (planned.get(line) ?? 0) ? [`says ${count} times: ${line}`] : [],
  );
  const recorded = Object.entries(expected.recorded).flatMap(([activity, count]) => {
    const actual = seen.recorded[activity] ?? 0;
    return actual > count ? [`${activity} is recorded ${actual} times, and planned ${count} times`] : [];
  });
  return [...lines, ...recorded];
}

function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Costs are sums of fractions, added in different orders. */
const COST_PRECISION_USD = 1e-9;

function differences(expected: Expected, seen: Seen): string[] {
  const { costUsd, ...tokens } = expected.usage;
  const { costUsd: seenCostUsd, ...seenTokens } = seen.usage;
  return [
    ...difference('log', expected.lines, seen.lines),
    ...difference('answer', expected.result, seen.result),
    ...difference('turns', [expected.turns], [seen.turns]),
    ...difference('tool calls', [expected.toolCalls], [seen.toolCalls]),
    ...difference('tokens', [JSON.stringify(tokens)], [JSON.stringify(seenTokens)]),
    ...(Math.abs(costUsd - seenCostUsd) < COST_PRECISION_USD ? [] : [`cost: ${seenCostUsd}, not ${costUsd}`]),
    ...difference(
      'recorded',
      Object.values(expected.recorded),
      Object.keys(expected.recorded).map((activity) => seen.recorded[activity] ?? 0),
    ),
  ];
}

/** The first place where the two part. */
function difference(what: string, expected: readonly unknown[], actual: readonly unknown[]): string[] {
  const length = Math.max(expected.length, actual.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => expected[index] !== actual[index]);
  if (at === undefined) return [];
  const place = expected.length > 1 ? ` line ${at}` : '';
  return [`${what}${place}: ${JSON.stringify(actual[at])}, not ${JSON.stringify(expected[at])}`];
}
