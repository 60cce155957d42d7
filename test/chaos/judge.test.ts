import type { Expected } from '../../chaos/plan/oracle';
import type { Struck } from '../../chaos/run/striking';
import { judgeAgent, type Seen } from '../../chaos/verdict/judge';
import { verdictOf } from '../../chaos/verdict/verdict';

const usage = { input: 10, output: 5, cacheRead: 2, cacheWrite: 1, costUsd: 0.001 };
const expected: Expected = {
  marker: 'chaos-00001',
  lines: ['reading', '[tool] read_file a.txt → 2 lines', 'done'],
  result: ['done'],
  turns: 2,
  toolCalls: 1,
  usage,
  recorded: { callModel: 2, callTool: 1 },
};
const whole: Seen = {
  status: 'completed/answered',
  lines: expected.lines,
  result: ['done'],
  turns: 2,
  toolCalls: 1,
  usage,
  recorded: { callModel: 2, callTool: 1 },
};

function findings(change: Partial<Seen>, ids = ['explore-1']): string[] {
  return judgeAgent(expected, ids, [{ seen: { ...whole, ...change } }]).map(
    ({ kind, what }) => `${kind}: ${what}`,
  );
}

it('finds nothing in an agent that is as planned', () => {
  expect(findings({})).toEqual([]);
  expect(findings({ usage: { ...usage, costUsd: 0.001 + 1e-15 } })).toEqual([]);
});

it('finds an agent lost that is not there, has not ended, ended otherwise, or cannot be read', () => {
  expect(judgeAgent(expected, [], [])).toMatchObject([{ kind: 'lost', what: 'there is no such agent' }]);
  expect(findings({ status: 'running' })).toEqual(['lost: is running']);
  expect(findings({ status: 'killed/killed' })).toEqual(['lost: is killed/killed']);
  expect(judgeAgent(expected, ['explore-1'], [{ unreadable: 'gone' }])).toMatchObject([{ kind: 'lost' }]);
});

it('finds doubled what stands there twice', () => {
  expect(findings({}, ['explore-1', 'explore-2'])).toEqual([
    'doubled: was started 2 times: explore-1, explore-2',
  ]);
  expect(findings({ lines: ['reading', ...expected.lines] })).toEqual([
    'doubled: says 2 times: reading',
    'unequal: log line 1: "reading", not "[tool] read_file a.txt → 2 lines"',
  ]);
  expect(findings({ recorded: { callModel: 3, callTool: 1 } })).toEqual([
    'doubled: callModel is recorded 3 times, and planned 2 times',
    'unequal: recorded line 0: 3, not 2',
  ]);
});

it('finds unequal what differs, by its first difference', () => {
  expect(findings({ lines: expected.lines.slice(0, 2) })).toEqual([
    'unequal: log line 2: undefined, not "done"',
  ]);
  expect(findings({ turns: 3 })).toEqual(['unequal: turns: 3, not 2']);
  expect(findings({ usage: { ...usage, output: 6 } })).toHaveLength(1);
  expect(findings({ usage: { ...usage, costUsd: 0.002 } })).toEqual(['unequal: cost: 0.002, not 0.001']);
});

const blow = (kind: Struck['kind'], hit: boolean, recoveredMs: number): Struck => ({
  kind,
  hit,
  recoveredMs,
  atMs: 0,
  callsInFlight: hit ? 4 : 0,
});
const kills = (hits: number, misses: number) => [
  ...Array.from({ length: hits }, (_, index) => blow('kill_worker', true, 1_000 + index)),
  ...Array.from({ length: misses }, () => blow('kill_worker', false, 9_000)),
];
const model = { asked: 20, answered: 12, repeated: 2, faults: {}, strange: [] };
const facts = {
  agents: 1,
  turns: 2,
  toolCalls: 1,
  planned: { kill_worker: 10, kill_server: 0, stop_worker: 0 },
  findings: [],
  model,
};

it('is green when all blows fell, nine kills in ten hit work, and nothing was found', () => {
  expect(verdictOf({ ...facts, struck: kills(9, 1) })).toMatchObject({
    word: 'green',
    hits: { count: 9, of: 10, share: 0.9 },
    callsInFlight: { sum: 36 },
    repeatedCalls: 2,
    recoveryMs: { kill_worker: { median: 1_004, max: 9_000 } },
  });
});

it('does not count when kills hit nothing, or never fell', () => {
  expect(verdictOf({ ...facts, struck: kills(8, 2) })).toMatchObject({ word: 'does not count' });
  expect(verdictOf({ ...facts, struck: kills(9, 0) })).toMatchObject({
    word: 'does not count',
    lacks: ['kill_worker fell 9 times of 10 planned: the work had ended before'],
  });
});

it('is red for whatever was found, also when it would not count', () => {
  const found = [{ kind: 'lost' as const, marker: 'chaos-00001', what: 'is running' }];
  expect(verdictOf({ ...facts, struck: kills(10, 0), findings: found })).toMatchObject({
    word: 'red',
    found: { lost: 1, doubled: 0, unequal: 0 },
  });
  expect(verdictOf({ ...facts, struck: [], findings: found }).word).toBe('red');
  const strange = { ...model, strange: ['Turn 2 of chaos-00001: it has 1 messages too many.'] };
  expect(verdictOf({ ...facts, struck: kills(10, 0), model: strange }).word).toBe('red');
});
