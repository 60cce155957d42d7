import { patienceLeftMs, restMs, withRest } from '../../../activities/model/backoff';
import { modelFailure } from '../../../activities/model/failure';

const trouble = { attempt: 3, sinceMs: 0, nowMs: 10_000, giveUpAfterMs: undefined, random: 0.5 };

it('doubles the rest from try to try, up to a minute', () => {
  const rests = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((attempt) => restMs(attempt, undefined, 0.5));
  expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

it('brings two hundred agents that one storm hit back one by one, over as long as the rest itself', () => {
  const times = Array.from({ length: 200 }, (_, index) => restMs(5, undefined, index / 200));
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(15_000);
  expect(new Set(times).size).toBe(200);
});

it.each([
  [1_000, 1_000, 2_000],
  [60_000, 60_000, 75_000],
  [300_000, 300_000, 330_000],
])('never comes back before the %i ms that it was told, nor much later', (askedMs, least, most) => {
  expect(restMs(9, askedMs, 0)).toBe(least);
  expect(restMs(9, askedMs, 1)).toBe(most);
});

it('says with each failure that is worth a retry when that comes', () => {
  const failure = modelFailure('retryable', 'Rate limited.', { status: 429, retryAfterMs: 8_000 });
  expect(withRest(failure, trouble)).toMatchObject({
    type: 'retryable',
    message: 'Rate limited.',
    details: [{ status: 429, retryAfterMs: 8_000 }],
    nextRetryDelay: 9_000,
  });
  expect(withRest(modelFailure('retryable', 'Broken.'), trouble)).toMatchObject({ nextRetryDelay: 4_000 });
});

it('leaves what no retry mends as it is', () => {
  for (const error of [
    modelFailure('needs_person', 'key'),
    modelFailure('invalid_request', 'x'),
    new Error('y'),
  ])
    expect(withRest(error, { ...trouble, giveUpAfterMs: 1 })).toBe(error);
});

it('gives a model up once nothing got through for so long, and not a moment later', () => {
  const failure = modelFailure('retryable', 'Overloaded.', { retryAfterMs: 300_000 });
  expect(withRest(failure, { ...trouble, giveUpAfterMs: 12_000 })).toMatchObject({ nextRetryDelay: 2_000 });
  expect(withRest(failure, { ...trouble, giveUpAfterMs: 10_000 })).toMatchObject({
    type: 'unavailable',
    message: 'Overloaded.',
    nonRetryable: true,
  });
  expect(patienceLeftMs({ sinceMs: 5, nowMs: 10, giveUpAfterMs: undefined })).toBe(Number.POSITIVE_INFINITY);
});
