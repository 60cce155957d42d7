import fc from 'fast-check';
import { DEFAULT_PRICES } from '../../activities/model/pricing';
import { bar } from '../../src/cost/bars';
import { daysBetween, localDay } from '../../src/cost/days';
import { picture } from '../../src/cost/picture';
import { costReport, GROUPINGS, type Spent } from '../../src/cost/report';
import { TIERS, type Usage } from '../../workflows/contract';
import { addUsage, NO_USAGE } from '../../workflows/usage';

const models = { haiku: 'claude-haiku-5-5', sonnet: 'claude-sonnet-5-5', opus: 'claude-opus-5-5' };
const rates = { prices: DEFAULT_PRICES, models };
const NOON_MS = new Date(2026, 9, 24, 12).getTime();
const DAY_MS = 86_400_000;

function spent(
  over: Partial<Spent>,
  ...parts: [tier: keyof typeof models, inputTokens: number, costUsd: number][]
): Spent {
  return {
    agentType: 'explore',
    session: 's-1',
    createdAtMs: NOON_MS,
    isOpen: false,
    isComplete: true,
    ...over,
    parts: parts.map(([tier, inputTokens, costUsd]) => ({
      tier,
      model: models[tier],
      usage: { ...NO_USAGE, inputTokens, costUsd },
    })),
  };
}

it('puts the money of an agent that two tiers served where it was spent, and counts the agent at both', () => {
  const both = spent({ agentType: 'audit' }, ['opus', 100, 3], ['haiku', 50, 1]);
  const { groups } = costReport([both, spent({}, ['haiku', 10, 0.5])], 'tier', rates);
  expect(groups.map(({ key, agents, usage }) => [key, agents, usage.costUsd, usage.inputTokens])).toEqual([
    ['opus', 1, 3, 100],
    ['haiku', 2, 1.5, 60],
  ]);
  const byType = costReport([both], 'type', rates).groups;
  expect(byType).toMatchObject([{ key: 'audit', agents: 1, usage: { costUsd: 4 } }]);
});

it('adds up to the same whatever it is grouped by', () => {
  const tier = fc.constantFrom(...TIERS);
  const part = fc.record({ tier, inputTokens: fc.nat(1_000), costUsd: fc.nat(64).map((n) => n / 64) });
  const agent = fc
    .record({
      type: fc.constantFrom('a', 'b'),
      day: fc.nat(9),
      parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    })
    .map(({ type, day, parts }) =>
      spent(
        { agentType: type, session: `s-${type}`, createdAtMs: NOON_MS + day * DAY_MS },
        ...parts.map((each): [keyof typeof models, number, number] => [
          each.tier,
          each.inputTokens,
          each.costUsd,
        ]),
      ),
    );
  fc.assert(
    fc.property(fc.array(agent), fc.constantFrom(...GROUPINGS), (agents, by) => {
      const report = costReport(agents, by, rates);
      const sum = report.groups.reduce((all, { usage }) => addUsage(all, usage), NO_USAGE);
      expect(sum).toEqual(report.usage);
    }),
  );
});

it('says what the same tokens would have cost on each tier, cached ones at their own price', () => {
  const usage: Usage = {
    inputTokens: 1_000_000,
    outputTokens: 100_000,
    cacheReadTokens: 2_000_000,
    cacheWriteTokens: 400_000,
    costUsd: 7,
  };
  const one: Spent = { ...spent({}), parts: [{ tier: 'sonnet', model: models.sonnet, usage }] };
  const { alone } = costReport([one], 'type', { ...rates, models: { ...models, opus: 'strange' } });
  expect(alone.map(({ tier, costUsd }) => [tier, costUsd])).toEqual([
    ['haiku', 1 + 0.5 + 0.2 + 0.5],
    ['sonnet', 3 + 1.5 + 0.6 + 1.5],
    ['opus', undefined],
  ]);
});

it('names the models that count as free, though not those that took nothing', () => {
  const strange = { tier: 'haiku' as const, model: 'strange', usage: { ...NO_USAGE, outputTokens: 1 } };
  const idle = { tier: 'haiku' as const, model: 'idle', usage: NO_USAGE };
  const report = costReport([{ ...spent({}), parts: [strange, idle] }], 'type', rates);
  expect(report.unpriced).toEqual(['strange']);
});

it('shows every day between the first and the last, across a change of the clock', () => {
  const later = spent({ createdAtMs: NOON_MS + 3 * DAY_MS }, ['haiku', 1, 1]);
  const { groups } = costReport([later, spent({}, ['haiku', 1, 2])], 'day', rates);
  expect(groups.map(({ key, agents }) => [key, agents])).toEqual([
    ['2026-10-24', 1],
    ['2026-10-25', 0],
    ['2026-10-26', 0],
    ['2026-10-27', 1],
  ]);
  expect(daysBetween(NOON_MS, NOON_MS)).toEqual([localDay(NOON_MS)]);
});

it('has no groups without agents', () => {
  for (const by of GROUPINGS) expect(costReport([], by, rates).groups).toEqual([]);
});

describe('a bar', () => {
  it('is as long as its share, in eighths of a character', () => {
    expect([bar(1, 1, 4), bar(1, 2, 4), bar(1, 16, 4), bar(0, 1, 4), bar(0, 0, 4)]).toEqual([
      '████',
      '██',
      '▎',
      '',
      '',
    ]);
  });

  it('shows that there is something, however little', () => {
    expect(bar(1, 1e9, 10)).toBe('▏');
  });
});

it('draws a picture in which no name is markup', () => {
  const bars = [
    { label: '<script>&', costUsd: 2, figure: '$2' },
    { label: 'none', costUsd: 0, figure: '$0' },
  ];
  const drawn = picture('Costs', [{ heading: 'by type', bars }]);
  expect(drawn).toContain('&lt;script>&amp;');
  expect(drawn).not.toContain('<script');
  expect(drawn.match(/<rect /g)).toHaveLength(2);
  expect(drawn).toContain('width="0.0"');
});
