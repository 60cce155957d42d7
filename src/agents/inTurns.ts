/** Looks at agents that are under way at the same time: enough to be quick, few enough for a server that has other work. */
const AT_ONCE = 20;

/** In the order of `items`, a few at a time: there may be thousands. */
export async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  onDone: (done: number) => void = () => undefined,
): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
    onDone(results.length);
  }
  return results;
}
