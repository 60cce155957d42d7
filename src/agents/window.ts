/** The newest N of a store that cannot sort: it is asked for windows of creation time, which are sorted here. */

export interface Window {
  fromMs: number;
  toMs: number;
}

const HOUR_MS = 3_600_000;
/** Longer than any retention we set. */
const LONGEST_MS = 400 * 24 * HOUR_MS;
/** Rows that are cheap to fetch and sort at once. */
const MANY = 500;

/**
 * The window before `toMs` that holds at least `wanted` rows, or all there are, and if possible not many more.
 * @param countIn how many rows a window holds
 */
export async function newestWindow(
  toMs: number,
  wanted: number,
  countIn: (window: Window) => Promise<number>,
): Promise<{ window: Window; isLast: boolean }> {
  let spanMs = HOUR_MS;
  let rows = await countIn({ fromMs: toMs - spanMs, toMs });
  while (rows < wanted && spanMs < LONGEST_MS) {
    spanMs = Math.min(spanMs * 8, LONGEST_MS);
    rows = await countIn({ fromMs: toMs - spanMs, toMs });
  }
  const isLast = rows < wanted;
  // Too many: halve while the nearer half is still enough.
  while (rows > Math.max(MANY, wanted) && spanMs > 1) {
    const nearer = Math.ceil(spanMs / 2);
    const nearerRows = await countIn({ fromMs: toMs - nearer, toMs });
    if (nearerRows < wanted) break;
    spanMs = nearer;
    rows = nearerRows;
  }
  return { window: { fromMs: toMs - spanMs, toMs }, isLast };
}
