import { planAgents } from '../../chaos/plan/agents';
import { planBlows } from '../../chaos/plan/blows';
import { expectedOf } from '../../chaos/plan/oracle';

const AGENTS = 300;
const plans = planAgents(5, AGENTS);
const turns = plans.flatMap((plan) => plan.turns);
const counts = { kill_worker: 50, kill_server: 5, stop_worker: 1 };

it('follows from the seed alone', () => {
  expect(planAgents(5, AGENTS)).toEqual(plans);
  expect(planAgents(6, AGENTS)).not.toEqual(plans);
  expect(planBlows(5, turns.length, counts)).toEqual(planBlows(5, turns.length, counts));
  expect(planBlows(5, turns.length, counts)).not.toEqual(planBlows(6, turns.length, counts));
});

it('begins a longer run as a shorter one', () => {
  expect(planAgents(5, 10)).toEqual(plans.slice(0, 10));
});

it('gives agents everything that models do', () => {
  const calls = turns.flatMap((turn) => turn.calls);
  const faults = new Set(turns.flatMap((turn) => turn.faults));
  expect(new Set(plans.map((plan) => plan.agentType)).size).toBe(3);
  expect(turns.some((turn) => turn.calls.length === 3)).toBe(true);
  expect(turns.some((turn) => turn.text.includes('🦓'))).toBe(true);
  expect(new Set(calls.map((call) => call.name))).toEqual(
    new Set(['read_file', 'list_files', 'search', 'no_such_tool']),
  );
  expect(calls.some((call) => call.line.includes('→ failed: '))).toBe(true);
  expect(faults.size).toBe(7);
  expect(plans.some((plan) => plan.askedTwice)).toBe(true);
});

it('never has an agent make the same call or say the same line twice', () => {
  for (const plan of plans) {
    const { lines } = expectedOf(plan);
    expect(new Set(lines).size).toBe(lines.length);
  }
});

it('strikes in the order of progress, and leaves work for the last blow', () => {
  const blows = planBlows(5, turns.length, counts);
  const places = blows.map((blow) => blow.atTurn);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places.at(-1)).toBeLessThan(turns.length * 0.9);
  for (const [kind, count] of Object.entries(counts)) {
    expect(blows.filter((blow) => blow.kind === kind)).toHaveLength(count);
  }
});

it('expects of an agent what its script comes to', () => {
  const [plan] = plans;
  if (!plan) throw new Error('There is no plan.');
  const expected = expectedOf(plan);
  const calls = plan.turns.flatMap((turn) => turn.calls);
  expect(expected.turns).toBe(plan.turns.length);
  expect(expected.toolCalls).toBe(calls.length);
  expect(expected.lines.filter((line) => line.startsWith('[tool] '))).toEqual(calls.map((call) => call.line));
  expect(expected.result.join('\n')).toBe(plan.turns.at(-1)?.text);
  expect(expected.usage.input).toBe(plan.turns.reduce((sum, turn) => sum + turn.tokens.input, 0));
});
