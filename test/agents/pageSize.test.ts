import { parseCursor } from '../../src/agents/cursor';
import { resultChars, withinReach } from '../../src/agents/pageSize';
import type { ListResult } from '../../src/agents/results';

const CREATED_AT = '2026-01-02T03:04:05.006Z';
const listOf = (agents: number): ListResult => ({
  agents: Array.from({ length: agents }, (_, index) => ({
    agent_id: `explore-${String(index).padStart(12, '0')}`,
    name: 'n'.repeat(100),
    status: 'completed',
    agent_type: 'explore',
    tier: 'haiku',
    task: 't'.repeat(120),
    created_at: CREATED_AT,
    duration_ms: 1,
    cost_usd: 0,
    unread: true,
  })),
  counts: { pending: 0, running: 0, waiting: 0, completed: agents, failed: 0, killed: 0 },
  next_cursor: 'the end',
});

describe('a page of agents', () => {
  it('ends where it would be too long for a model, and says where to read on', () => {
    const page = withinReach(listOf(100), 20_000);
    expect(JSON.stringify(page).length).toBeLessThanOrEqual(20_000);
    const last = page.agents.at(-1);
    expect(page.agents.length).toBeGreaterThan(20);
    expect(parseCursor(page.next_cursor ?? '')).toEqual({
      createdAtMs: Date.parse(CREATED_AT),
      agentId: last?.agent_id,
    });
    expect(page.counts).toEqual(listOf(100).counts);
  });

  it('is left as it is where it fits, and has one agent at least', () => {
    expect(withinReach(listOf(20))).toEqual(listOf(20));
    expect(withinReach(listOf(3), 10).agents).toHaveLength(1);
    expect(withinReach(listOf(0), 10)).toEqual(listOf(0));
  });
});

it('shows 200 characters of each result of a hundred agents, and less of more', () => {
  expect([0, 1, 100].map(resultChars)).toEqual([200, 200, 200]);
  expect(resultChars(200)).toBeLessThan(100);
  expect(resultChars(1_000)).toBe(0);
});
