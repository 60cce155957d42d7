import { hasReadEnding, type Move, moved, picked, readingOf } from '../../workflows/readings';

const after = (...moves: [string, Move][]) => moved(new Map(), moves);

it('a place moves forward only, in whatever order its moves arrive', () => {
  const readings = after(['a', { lines: 5 }], ['a', { lines: 3 }], ['a', { lines: 9 }], ['a', { lines: 9 }]);
  expect(readingOf(readings, 'a')).toEqual({ lines: 9, before: 5 });
  expect(readingOf(readings, 'b')).toEqual({ lines: 0, before: 0 });
});

it('a result is read as long as no later ending has another one', () => {
  const readings = after(['a', { lines: 5, endedAtMs: 100 }], ['a', { lines: 7 }]);
  expect(hasReadEnding(readings, 'a', 100)).toBe(true);
  expect(hasReadEnding(readings, 'a', 101)).toBe(false);
  expect(hasReadEnding(readings, 'b', 1)).toBe(false);
  expect(hasReadEnding(undefined, 'a', 100)).toBe(false);
});

it('those read longest ago are forgotten', () => {
  const many = Array.from({ length: 2_000 }, (_, index): [string, Move] => [`agent-${index}`, { lines: 1 }]);
  const readings = after(...many, ['agent-0', { lines: 2 }], ['new', { lines: 3 }]);
  expect(readings.size).toBe(2_000);
  expect(picked(readings, ['agent-0', 'agent-1', 'new'])).toEqual([
    ['agent-0', { lines: 2, before: 1 }],
    ['new', { lines: 3, before: 0 }],
  ]);
});
