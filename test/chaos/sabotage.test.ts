/** The harness itself: with a safeguard broken for real, its verdict must be red, and say which. */
import { type ChaosRun, runChaos } from './support';

const SMALL = ['--seed', '3', '--agents', '12', '--server-kills', '0', '--stops', '0'];
/** What needs no kill to show. */
const CALM = [...SMALL, '--kills', '0'];

let recording: ChaosRun;
let spawning: ChaosRun;
let agents: ChaosRun;

// Beside each other: each has a service of its own, and mostly waits for its agents to be patient with their model.
beforeAll(async () => {
  [recording, spawning, agents] = await Promise.all([
    runChaos(...SMALL, '--kills', '2', '--sabotage', 'recording'),
    runChaos(...CALM, '--sabotage', 'spawning'),
    runChaos(...CALM, '--sabotage', 'agents'),
  ]);
}, 300_000);

it('is red when a retried turn is recorded once for each attempt', () => {
  const { code, report } = recording;
  expect(report.verdict.word).toBe('red');
  expect(report.verdict.found.doubled).toBeGreaterThan(0);
  expect(code).toBe(1);
});

it('is red when a spawn is repeated without its idempotency key', () => {
  const { code, report, text } = spawning;
  expect(report.verdict.found.doubled).toBeGreaterThan(0);
  expect(text).toMatch(/^RED: 0 lost, \d+ doubled, 0 unequal, of 12 agents\n/);
  expect(text).toContain('was started 2 times');
  expect(code).toBe(1);
});

it('is red when an agent is terminated behind its back', () => {
  const { code, report } = agents;
  expect(report.verdict.found.lost).toBe(1);
  expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'lost', what: 'is killed/killed' }));
  expect(code).toBe(1);
});
