import { distance } from 'fastest-levenshtein';

/** The candidate that was probably meant, or nothing when none is close enough to be a slip of the fingers. */
function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.slice(0, 100).toLowerCase();
  let best: string | undefined;
  // Two slips are always forgiven; longer words may hold more of them.
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const slips = distance(wanted, candidate.toLowerCase());
    // A distance of the whole word means that nothing matches: "x" is not meant to be "go".
    if (slips < bestDistance && slips < Math.max(wanted.length, candidate.length)) {
      best = candidate;
      bestDistance = slips;
    }
  }
  return best;
}

/** `Did you mean "x"?` with a space in front, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
}
