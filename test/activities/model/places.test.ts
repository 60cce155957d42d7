import { createModelPlaces, type Leave } from '../../../activities/model/places';

const never = new AbortController().signal;

it('gives as many as there are, of each tier for itself', () => {
  const places = createModelPlaces({ haiku: 2, opus: 1 });
  expect([places.take('haiku', 0), places.take('haiku', 0), places.take('opus', 0)].every(Boolean)).toBe(
    true,
  );
  expect(places.take('haiku', 0)).toBeUndefined();
  expect(places.take('opus', 0)).toBeUndefined();
});

it('leaves a place that was just wanted in vain to those who queue', () => {
  const places = createModelPlaces({ haiku: 1 });
  const leave = places.take('haiku', 0);
  expect(places.take('haiku', 100)).toBeUndefined();
  leave?.();
  expect(places.take('haiku', 2_000)).toBeUndefined();
  const again = places.take('haiku', 2_100);
  expect(again).toBeDefined();
  again?.();
  expect(places.take('haiku', 2_101)).toBeDefined();
});

it('has a place again once it was given back, and only one, however often', () => {
  const places = createModelPlaces({ haiku: 1 });
  const leave = places.take('haiku', 0);
  leave?.();
  leave?.();
  expect(places.take('haiku', 0)).toBeDefined();
  expect(places.take('haiku', 0)).toBeUndefined();
});

it('has none to take of a tier that only its queue limits, whose calls never wait here', async () => {
  const places = createModelPlaces({});
  expect(places.take('sonnet', 0)).toBeUndefined();
  const leaves = await Promise.all(Array.from({ length: 50 }, () => places.wait('sonnet', never)));
  expect(leaves.every(Boolean)).toBe(true);
});

it('lets who waits go in their order, one for each place given back', async () => {
  const places = createModelPlaces({ haiku: 1 });
  const went: string[] = [];
  const first = places.take('haiku', 0);
  const waits = ['a', 'b'].map(async (name) => {
    const leave = await places.wait('haiku', never);
    went.push(name);
    return leave;
  });
  expect(went).toEqual([]);
  first?.();
  const a = await waits[0];
  expect(went).toEqual(['a']);
  a?.();
  await waits[1];
  expect(went).toEqual(['a', 'b']);
});

it('passes by who has gone', async () => {
  const places = createModelPlaces({ haiku: 1 });
  const first = places.take('haiku', 0);
  const gone = new AbortController();
  const waits: [Promise<Leave | undefined>, Promise<Leave | undefined>] = [
    places.wait('haiku', gone.signal),
    places.wait('haiku', never),
  ];
  gone.abort();
  first?.();
  expect(await waits[0]).toBeUndefined();
  expect(await waits[1]).toBeDefined();
});
