/** What each agent does, turn by turn: a pure function of the seed and the agent's number. */
import { type Fault, planFaults } from './faults';
import { type Random, randomFor } from './random';
import { type PlannedCall, planCall } from './workspace';

export interface PlannedTokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

export interface PlannedTurn {
  text: string;
  calls: PlannedCall[];
  tokens: PlannedTokens;
  /** What the first tries of this turn come to. */
  faults: Fault[];
  /** Before the first byte of the reply, … */
  latencyMs: number;
  /** … and before each event of it. */
  eventDelayMs: number;
}

export interface AgentPlan {
  index: number;
  /** Stands in the task, and in every line that the agent writes. */
  marker: string;
  task: string;
  agentType: 'explore' | 'review' | 'decide';
  /** All but the last turn call tools; the last one is the answer. */
  turns: PlannedTurn[];
  /** Spawned twice with the same key, as by a client that did not hear the first answer. */
  askedTwice: boolean;
}

const MOST_TURNS = 7;
const LEAST_TURNS = 2;

export function planAgents(seed: number, count: number): AgentPlan[] {
  return Array.from({ length: count }, (_, index) => planAgent(seed, index));
}

function planAgent(seed: number, index: number): AgentPlan {
  const random = randomFor(seed, `agent ${index}`);
  const marker = `chaos-${String(index).padStart(5, '0')}`;
  const turnCount = random.int(LEAST_TURNS, MOST_TURNS);
  let calls = 0;
  const turns = Array.from({ length: turnCount }, (_, turn) => {
    const planned = planTurn(random, marker, turn, turn === turnCount - 1, calls);
    calls += planned.calls.length;
    return planned;
  });
  return {
    index,
    marker,
    task: `${marker}: ${words(random)}`,
    agentType: random.pick(['explore', 'explore', 'explore', 'explore', 'review', 'review', 'decide']),
    turns,
    askedTwice: random.percent(10),
  };
}

function planTurn(
  random: Random,
  marker: string,
  turn: number,
  isLast: boolean,
  callsBefore: number,
): PlannedTurn {
  const lines = Array.from({ length: random.int(1, 3) }, (_, line) => {
    return `${marker} turn ${turn} line ${line}: ${words(random)}`;
  });
  const callCount = isLast ? 0 : random.pick([1, 1, 1, 2, 3]);
  return {
    text: lines.join('\n'),
    calls: Array.from({ length: callCount }, (_, nth) =>
      planCall(`toolu_${marker}_${turn}_${nth}`, callsBefore + nth, random),
    ),
    tokens: {
      input: random.int(20, 400),
      output: random.int(5, 200),
      cacheRead: random.int(0, 4_000),
      cacheWrite: random.int(0, 400),
    },
    faults: planFaults(random),
    latencyMs: random.int(200, 900),
    eventDelayMs: random.int(20, 90),
  };
}

/** Letters of one to four bytes, of both directions, and one that is made of two characters. */
const WORDS = [
  'größer',
  'naïve',
  'e\u0301té',
  '漢字',
  'שלום',
  'καλημέρα',
  '🦓',
  '👩‍🔬',
  '→',
  '"quoted"',
  'a\\b',
  'plain',
] as const;

function words(random: Random): string {
  return Array.from({ length: random.int(2, 8) }, () => random.pick(WORDS)).join(' ');
}
