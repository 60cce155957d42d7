import { describeStep, planSetup } from '../../src/namespace/plan';

const spec = {
  namespace: 'n',
  retentionDays: 30,
  searchAttributes: { AgentType: 'Keyword' as const, AgentCostUsd: 'Double' as const },
};
const DAY_S = 86_400;

it('registers a namespace that is not there, with all its attributes', () => {
  const { steps, wrong } = planSetup(undefined, spec);
  expect(steps).toEqual([
    { kind: 'register_namespace', retention_days: 30 },
    { kind: 'add_search_attributes', search_attributes: spec.searchAttributes },
  ]);
  expect(wrong).toEqual([]);
  expect(steps.map((step) => describeStep(step, spec))).toEqual([
    'register namespace n, which keeps what has ended for 30 days',
    'add search attributes: AgentType (Keyword), AgentCostUsd (Double)',
  ]);
});

it('adds only what is missing, and never lowers retention', () => {
  const found = { retentionS: 7 * DAY_S, searchAttributes: { AgentType: 'Keyword' as const } };
  expect(planSetup(found, spec).steps).toEqual([
    { kind: 'raise_retention', retention_days: 30 },
    { kind: 'add_search_attributes', search_attributes: { AgentCostUsd: 'Double' } },
  ]);
  const kept = {
    retentionS: 90 * DAY_S,
    searchAttributes: { ...spec.searchAttributes, Other: 'Text' as const },
  };
  expect(planSetup(kept, spec)).toEqual({ steps: [], wrong: [] });
});

it('tells of an attribute that somebody else uses with another type', () => {
  const found = {
    retentionS: 30 * DAY_S,
    searchAttributes: { AgentType: 'Text' as const, AgentCostUsd: 'unknown' as const },
  };
  expect(planSetup(found, spec).wrong).toEqual([
    { name: 'AgentType', found: 'Text', wanted: 'Keyword' },
    { name: 'AgentCostUsd', found: 'unknown', wanted: 'Double' },
  ]);
});
