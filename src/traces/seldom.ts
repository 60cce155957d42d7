const BETWEEN_MS = 5 * 60_000;

/** Says the first of a stream of complaints, then one every five minutes, with the number of those that it kept to itself. */
export function seldom(say: (text: string) => void, nowMs: () => number): (text: string) => void {
  let saidAtMs: number | undefined;
  let kept = 0;
  return (text) => {
    const now = nowMs();
    if (saidAtMs !== undefined && now - saidAtMs < BETWEEN_MS) {
      kept += 1;
      return;
    }
    say(kept === 0 ? text : `${text} (and ${kept} times since the last such line)`);
    saidAtMs = now;
    kept = 0;
  };
}
