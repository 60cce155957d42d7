import type { Hit } from './hits';
import { stemOf } from './paths';
import type { Candidate, Place } from './rank';
import { type Weights, weigh } from './wordScore';

/** As many are chosen with care; nobody reads further. */
const CHOSEN = 12;
/** Lines this near belong to one place, when the task names no symbol. */
const PLACE_LINES = 5;
/** How much of a word's weight is left each time it has been cited. */
const FATIGUE = 0.75;
/** The first word is the subject: the reader wants more of it. */
const SUBJECT_FATIGUE = 0.95;

/** Best first, without copies of a line in twin files, and without one file or one word filling the list. */
export function select(candidates: readonly Candidate[], weights: Weights, named: boolean): Place[] {
  let rest = [...candidates].sort((a, b) => b.score - a.score || compare(a.hit, b.hit));
  const chosen: Candidate[] = [];
  const perFile = named ? 5 : 3;
  while (rest.length > 0 && chosen.length < CHOSEN) {
    const tired = named ? weights : fatigued(chosen, weights);
    const full = (path: string) => chosen.filter(({ hit }) => hit.path === path).length >= perFile;
    const value = (candidate: Candidate) =>
      candidate.score - lost(candidate, weights, tired) - (full(candidate.hit.path) ? 10 : 0);
    const best = rest.reduce((a, b) => (value(b) > value(a) ? b : a));
    chosen.push(best);
    rest = rest.filter((candidate) => candidate !== best && !repeats(candidate, best, named));
  }
  return [...chosen, ...rest].map(({ words: _, ...place }) => place);
}

/** Weights after the words have been cited: the next place should rather tell of the others. */
function fatigued(chosen: readonly Candidate[], weights: Weights): Weights {
  return new Map(
    [...weights].map(([word, weight], index) => {
      const cited = chosen.reduce((sum, { words }) => sum + (words.get(word) ?? 0), 0);
      return [word, weight * (index === 0 ? SUBJECT_FATIGUE : FATIGUE) ** cited];
    }),
  );
}

const lost = ({ words }: Candidate, fresh: Weights, tired: Weights): number =>
  weigh(words, fresh) - weigh(words, tired);

function repeats({ hit }: Candidate, { hit: chosen }: Candidate, named: boolean): boolean {
  if (hit.path === chosen.path) return !named && Math.abs(hit.line - chosen.line) <= PLACE_LINES;
  return stemOf(hit.path) === stemOf(chosen.path) && bare(hit.text) === bare(chosen.text);
}

/** A compiled line differs from its source by spaces and punctuation. */
const bare = (text: string): string => text.replace(/\W+/g, '');

function compare(a: Hit, b: Hit): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line;
}
