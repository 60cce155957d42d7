import { stripVTControlCharacters } from 'node:util';
import { tableRows } from '../../src/watch/cells';
import { changesBetween } from '../../src/watch/changes';
import { frameOf, pageOf, settled } from '../../src/watch/frame';
import { fitted, widthOf, wrapped } from '../../src/watch/text';
import { type Pressed, press, type View } from '../../src/watch/view';
import type { Snapshot, WatchedAgent } from '../../src/watch/watched';

const NOW_MS = Date.parse('2026-01-01T00:10:00Z');

const LOOK: NonNullable<WatchedAgent['look']> = {
  progress: { turn: 3, max_turns: 30, tool_calls: 2, activity: 'read_file src/a.ts' },
  usage: {
    input_tokens: 1_000,
    output_tokens: 200,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    cost_usd: 0.0123,
  },
  model: 'haiku',
};

function agent(id: string, more: Partial<WatchedAgent> = {}): WatchedAgent {
  return {
    agent_id: `explore-${id.padStart(12, '0')}`,
    status: 'running',
    agent_type: 'explore',
    tier: 'haiku',
    task: 'where is it?',
    created_at: '2026-01-01T00:00:00.000Z',
    duration_ms: 600_000,
    cost_usd: 0.0123,
    unread: false,
    look: LOOK,
    ...more,
  };
}
const ended = (id: string, more: Partial<WatchedAgent> = {}) =>
  agent(id, { status: 'completed', reason: 'answered', ...more });

function snapshot(...agents: WatchedAgent[]): Snapshot {
  const counts = { pending: 0, running: 0, waiting: 0, completed: 0, failed: 0, killed: 0 };
  for (const { status } of agents) counts[status] += 1;
  return { agents, counts, atMs: NOW_MS };
}
const view = (...agents: WatchedAgent[]): View => ({ scope: 'workspace', snapshot: snapshot(...agents) });
const plain = (lines: string[]) => lines.map(stripVTControlCharacters);

describe('a row', () => {
  it('has status, agent, turn, tokens, cost, age and activity', () => {
    const { head, rows } = tableRows([agent('a')], 110, NOW_MS);
    expect(head.trim().split(/ +/)).toEqual(['status', 'agent', 'turn', 'tokens', 'cost', 'age', 'activity']);
    const [row] = rows.map(({ status, rest }) => (status + rest).trim().split(/ {2,}/));
    expect(row).toEqual([
      'running',
      agent('a').agent_id,
      '3/30',
      '1.2k',
      '$0.0123',
      '10 min',
      'read_file src/a.ts',
    ]);
  });

  it('shows the question of one that waits, and the task and reason of one that has ended', () => {
    const waiting = agent('a', { status: 'waiting', look: { ...LOOK, question: { text: 'Which one?' } } });
    const { rows } = tableRows(
      [waiting, ended('b', { status: 'failed', reason: 'timeout', unread: true })],
      120,
      NOW_MS,
    );
    expect(rows[0]?.rest).toContain('Which one?');
    expect(rows[1]).toMatchObject({
      status: expect.stringContaining('failed timeout *'),
      rest: expect.stringContaining('where is it?'),
    });
  });

  it.each([200, 100, 80, 60, 40, 25, 10, 3])('is exactly as wide as it may be: %i', (cells) => {
    const wide = agent('b', { status: 'pending', task: '日本語のタスク 👩‍👩‍👧 and more '.repeat(20) });
    const { head, rows } = tableRows([agent('a'), wide], cells, NOW_MS);
    expect([head, ...rows.map(({ status, rest }) => status + rest)].map(widthOf)).toEqual([
      cells,
      cells,
      cells,
    ]);
  });

  it('gives up columns before the status and what it does', () => {
    const { head } = tableRows([agent('a')], 30, NOW_MS);
    expect(head.trim().split(/ +/)).toEqual(['status', 'activity']);
  });
});

describe('text', () => {
  it('is cut in cells, without controls', () => {
    expect(fitted('日本語です', 7)).toBe('日本語…');
    expect(fitted('a\u001b[31mb\nc\u202e', 5)).toBe('ab c ');
  });

  it('is wrapped without losing a character', () => {
    expect(wrapped('日本語\n\nab', 4)).toEqual(['日本', '語', '', 'ab']);
    expect(wrapped('日本', 1)).toEqual(['日', '本']);
  });
});

describe('a frame', () => {
  const many = Array.from({ length: 30 }, (_, index) => agent(`${index}`));

  it.each([
    [80, 24],
    [20, 5],
    [5, 2],
    [1, 1],
  ])('fits a screen of %i by %i', (columns, rows) => {
    for (const each of [
      view(...many),
      view(),
      { scope: 'all' } as const,
      { ...view(), pager: pager('x\n'.repeat(50)) },
    ]) {
      const lines = plain(frameOf(each, { columns, rows }, NOW_MS));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(2, columns));
    }
  });

  it('keeps the chosen agent in sight', () => {
    const lines = plain(
      frameOf({ ...view(...many), selected: many[29]?.agent_id ?? '' }, { columns: 90, rows: 10 }, NOW_MS),
    );
    expect(lines.find((line) => line.startsWith('> '))).toContain(many[29]?.agent_id);
  });

  it('says that the service does not answer, since when, and what to do', () => {
    const lost = { sinceMs: NOW_MS - 12_000, why: 'Start it with: bga up' };
    const lines = plain(frameOf({ ...view(agent('a')), lost }, { columns: 100, rows: 8 }, NOW_MS));
    expect(lines.at(-1)).toContain('does not answer (12 s); waiting for it. Start it with: bga up');
    expect(lines.join('\n')).toContain('running');
  });
});

function pager(text: string, more: Partial<NonNullable<View['pager']>> = {}): NonNullable<View['pager']> {
  return { agentId: agent('a').agent_id, text, top: 0, follows: false, isEnded: false, ...more };
}

describe('keys', () => {
  const SIZE = { columns: 80, rows: 12 };
  const typed = (start: View, ...keys: string[]): Pressed =>
    keys.reduce<Pressed>(({ view: now }, key) => press(settled(now, SIZE), key, pageOf(SIZE)), {
      view: start,
    });

  it('choose an agent, and stay on it when others come', () => {
    const { view: now } = typed(view(agent('a'), agent('b'), agent('c')), 'j', 'down', 'down', 'k');
    expect(now.selected).toBe(agent('b').agent_id);
    const later = { ...now, snapshot: snapshot(agent('d'), agent('a'), agent('b')) };
    expect(typed(later, 'x').view.asking).toEqual({ killing: agent('b').agent_id });
  });

  it('stop one only after a question', () => {
    const start = view(agent('a'));
    expect(typed(start, 'x')).toMatchObject({ view: { asking: { killing: agent('a').agent_id } } });
    expect(typed(start, 'x').wish).toBeUndefined();
    expect(typed(start, 'x', 'n')).toEqual({ view: { ...start, note: 'Nothing was stopped.' } });
    expect(typed(start, 'x', 'return').wish).toBeUndefined();
    expect(typed(start, 'x', 'y').wish).toEqual({ kind: 'kill', agentId: agent('a').agent_id });
    expect(typed(view(ended('b')), 'x').view.note).toContain('has ended already');
  });

  it('read and follow one, and come back', () => {
    expect(typed(view(agent('a')), 'return')).toMatchObject({
      wish: { kind: 'open' },
      view: { pager: { follows: false } },
    });
    expect(typed(view(agent('a')), 'f').view.pager?.follows).toBe(true);
    expect(typed(view(agent('a')), 'f', 'q')).toEqual({ view: view(agent('a')) });
    expect(typed(view(agent('a')), 'return', 'escape').view.pager).toBeUndefined();
  });

  it('scroll within the text: up from the end, too', () => {
    const open = { ...view(agent('a')), pager: pager('x\n'.repeat(99), { follows: true }) };
    expect(typed(open, 'up').view.pager).toMatchObject({ top: 89, follows: false });
    expect(typed(open, 'g', 'space').view.pager?.top).toBe(pageOf(SIZE));
    expect(typed(open, 'G', 'down', 'down', 'up').view.pager?.top).toBe(89);
  });

  it('leave, also while a question stands, and do nothing without agents', () => {
    for (const start of [view(), typed(view(agent('a')), 'x').view])
      expect(typed(start, 'ctrl-c').wish).toEqual({ kind: 'quit' });
    for (const key of ['return', 'f', 'x', 'j', '?', ''])
      expect(typed(view(), key)).toEqual({ view: view() });
    expect(typed(view(), 'a')).toEqual({ view: { ...view(), scope: 'all' }, wish: { kind: 'look' } });
  });
});

describe('changes', () => {
  const told = (before: Snapshot | undefined, now: Snapshot) =>
    changesBetween(before, now).map(({ changed, agent: { agent_id: id } }) => [id, ...changed]);

  it('are at first those that work, then what is different', () => {
    const first = snapshot(agent('b'), agent('a'), ended('z'));
    expect(told(undefined, first)).toEqual([
      [agent('a').agent_id, 'new'],
      [agent('b').agent_id, 'new'],
    ]);
    expect(told(first, first)).toEqual([]);
    const waiting = agent('b', {
      status: 'waiting',
      look: { ...LOOK, question: { text: 'which?' } },
    });
    const next = snapshot(agent('c'), waiting, ended('a'), ended('z'));
    expect(told(first, next)).toEqual([
      [agent('a').agent_id, 'status'],
      [agent('b').agent_id, 'status', 'question'],
      [agent('c').agent_id, 'new'],
    ]);
  });

  it('are no agents that are only not looked at any more', () => {
    const { look: _, ...unlooked } = ended('a');
    expect(told(snapshot(ended('a')), snapshot(unlooked))).toEqual([]);
  });

  it('are no older agents that only came into sight', () => {
    const old = ended('old', { created_at: '2025-01-01T00:00:00.000Z' });
    expect(told(snapshot(ended('a')), snapshot(ended('a'), old))).toEqual([]);
  });
});
