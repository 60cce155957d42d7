import { missing, wholeSince } from '../../src/cost/whole';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-11-28T12:00:00Z');
const daysAgo = (days: number) => NOW_MS - days * DAY_MS;
const iso = (atMs: number) => new Date(atMs).toISOString();

const asked = (sinceDays: number, retentionDays: number | null, prunedDays?: number) => ({
  since: iso(daysAgo(sinceDays)),
  until: iso(NOW_MS),
  retention_days: retentionDays,
  pruned_before: prunedDays === undefined ? null : iso(daysAgo(prunedDays)),
});

it('a sum has everything since the last of what was asked for, what is kept, and what was deleted', () => {
  const retentionMs = 30 * DAY_MS;
  expect(wholeSince(daysAgo(7), NOW_MS, { retentionMs })).toBe(daysAgo(7));
  expect(wholeSince(daysAgo(90), NOW_MS, { retentionMs })).toBe(daysAgo(30));
  expect(wholeSince(daysAgo(90), NOW_MS, { retentionMs, prunedBeforeMs: daysAgo(3) })).toBe(daysAgo(3));
  expect(wholeSince(daysAgo(7), NOW_MS, { retentionMs, prunedBeforeMs: daysAgo(60) })).toBe(daysAgo(7));
  expect(wholeSince(daysAgo(7), NOW_MS, {})).toBeUndefined();
});

it('people are told of each reason that counts for what they asked', () => {
  expect(missing(asked(7, 30))).toEqual([]);
  expect(missing(asked(7, 30, 8))).toEqual([]);
  expect(missing(asked(90, 30, 40))).toEqual([
    expect.stringMatching(/which the server does not keep \(30 days\)\.$/),
  ]);
  expect(missing(asked(2, 1))).toEqual([expect.stringContaining('(1 day)')]);
  expect(missing(asked(7, 30, 3))).toEqual([
    expect.stringMatching(/^Not in it: what bga prune deleted, of what ended before /),
  ]);
  expect(missing(asked(90, 30, 3))).toHaveLength(2);
  expect(missing(asked(7, null))).toEqual([expect.stringContaining('It does not say how long')]);
});
