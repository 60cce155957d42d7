import { admitted, isEmpty, joined, left, NO_PLACES, type Places, standing } from '../../workflows/places';

const MANY = 1_000;
const ticket = (agentId: string, createdAtMs: number, maxRunning = 2) => ({
  agentId,
  createdAtMs,
  maxRunning,
});

function withAll(...tickets: ReturnType<typeof ticket>[]): Places {
  return tickets.reduce(joined, NO_PLACES);
}

it('gives places to those who were spawned first, whenever they came', () => {
  const { places, agentIds } = admitted(withAll(ticket('c', 3), ticket('a', 1), ticket('b', 2)), MANY);
  expect(agentIds).toEqual(['a', 'b']);
  expect(places).toMatchObject({ holders: ['a', 'b'], queue: [{ agentId: 'c' }] });
  expect(admitted(places, MANY).agentIds).toEqual([]);
});

it('gives a place that was left to the next', () => {
  const full = admitted(withAll(ticket('a', 1), ticket('b', 2), ticket('c', 3), ticket('d', 4)), MANY).places;
  expect(admitted(left(full, 'a'), MANY).agentIds).toEqual(['c']);
  expect(admitted(left(left(full, 'c'), 'b'), MANY).agentIds).toEqual(['d']);
});

it('knows whoever comes twice, and lets strangers leave', () => {
  const full = admitted(withAll(ticket('a', 1), ticket('b', 2), ticket('c', 3)), MANY).places;
  expect(joined(full, ticket('a', 1))).toBe(full);
  expect(joined(full, ticket('c', 3))).toBe(full);
  expect(left(full, 'x')).toEqual(full);
});

it('goes by the setting of the newest, up and down', () => {
  const full = admitted(withAll(ticket('a', 1), ticket('b', 2), ticket('c', 3)), MANY).places;
  expect(admitted(joined(full, ticket('d', 4, 4)), MANY).agentIds).toEqual(['c', 'd']);
  const lowered = joined(full, ticket('d', 4, 1));
  expect(admitted(left(lowered, 'a'), MANY).agentIds).toEqual([]);
  expect(admitted(left(left(lowered, 'a'), 'b'), MANY).agentIds).toEqual(['c']);
  // One that asks again is no news.
  expect(joined(lowered, ticket('e', 0, 9)).maxRunning).toBe(1);
});

it('gives no more places at a time than asked for', () => {
  const { places, agentIds } = admitted(withAll(ticket('a', 1, 9), ticket('b', 2, 9), ticket('c', 3, 9)), 2);
  expect(agentIds).toEqual(['a', 'b']);
  expect(admitted(places, 2).agentIds).toEqual(['c']);
});

it('says how many are before one that waits', () => {
  const full = admitted(withAll(...'abcd'.split('').map((id, index) => ticket(id, index))), MANY).places;
  expect(standing(full, 'c')).toBe(
    'waiting for a place: 2 of 2 agents of this session run (maxRunningAgents); 0 are before it',
  );
  expect(standing(full, 'd')).toContain('1 is before it');
  expect(standing(full, 'a')).toBeUndefined();
});

it('is empty when all have left', () => {
  const full = admitted(withAll(ticket('a', 1), ticket('b', 2), ticket('c', 3)), MANY).places;
  expect(isEmpty(full)).toBe(false);
  expect(isEmpty(['a', 'b', 'c'].reduce(left, full))).toBe(true);
});
