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
 * A window that ends at `toMs` and holds at least `wanted` rows, or all there are, and not many more than that.
 * @param countIn how many rows a window holds
 */
export async function newestWindow(
  toMs: number,
  wanted: number,
  countIn: (window: Window) => Promise<number>,
): Promise<{ window: Window; isLast: boolean }> {
  let spanMs = HOUR_MS;
  let tooShortMs = 0;
  let rows = await countIn({ fromMs: toMs - spanMs, toMs });
  while (rows < wanted && spanMs < LONGEST_MS) {
    tooShortMs = spanMs;
    spanMs = Math.min(spanMs * 8, LONGEST_MS);
    rows = await countIn({ fromMs: toMs - spanMs, toMs });
  }
  const isLast = rows < wanted;
  // Too many: between the span that held too few and this one lies one that holds just enough.
  while (rows > Math.max(MANY, wanted) && spanMs - tooShortMs > 1) {
    const middleMs = Math.floor((tooShortMs + spanMs) / 2);
    const inMiddle = await countIn({ fromMs: toMs - middleMs, toMs });
    if (inMiddle < wanted) {
      tooShortMs = middleMs;
    } else {
      spanMs = middleMs;
      rows = inMiddle;
    }
  }
  return { window: { fromMs: toMs - spanMs, toMs }, isLast };
}
