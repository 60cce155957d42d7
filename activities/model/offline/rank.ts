import type { Hit } from './hits';
import type { Intent } from './intent';
import { type LineShape, shapeOf } from './lines';
import { compiledTwins, nameMatches, pathWeight } from './paths';
import { select } from './select';
import type { Terms } from './terms';
import { type Matches, matchWords, type Weights, weigh, wordScore, wordWeights } from './wordScore';
import { escapeRegex } from './words';

export interface Place {
  hit: Hit;
  shape: LineShape;
  score: number;
  /** One of the names stands on the line, exactly as written. */
  exact: boolean;
  /** The line defines or declares one of the names, or what the words describe. */
  own: boolean;
}

export interface Candidate extends Place {
  /** Words of the task that stand on the line. */
  words: Matches;
}

/** What the task says of a file counts as much as a word. */
const IN_NAMED_FILE = 8;
/** Words this near are read together. */
const NEAR_LINES = 8;

/** All hits, the best first; a pure function of its arguments. */
export function rank(hits: readonly Hit[], terms: Terms, intent: Intent): Place[] {
  const matches = hits.map(({ text }) => matchWords(text, terms.words));
  const weights = wordWeights(matches, terms.words);
  const names = terms.names.map((name) => ({
    name,
    whole: new RegExp(`(?<![\\w$])${escapeRegex(name)}(?![\\w$])`, 'u'),
  }));
  const twins = compiledTwins(hits.map(({ path }) => path));
  const candidates = hits.map((hit, index): Candidate => {
    const shape = shapeOf(hit.text);
    const present = matches[index] ?? new Map();
    const exact = names.some(({ whole }) => whole.test(hit.text));
    const score =
      names.reduce((sum, { name, whole }) => sum + nameScore(hit.text, shape, name, whole, intent), 0) +
      phraseScore(hit.text, terms.phrases) * (shape.role === 'comment' ? 0.6 : 1) +
      wordScore(hit.text, present, weights, shape) * (exact ? 0.6 : 1) +
      pathWeight(hit.path) +
      (terms.files.some((file) => hit.path.endsWith(file.replace(/^(?:\.{0,2}\/)+/, '')))
        ? IN_NAMED_FILE
        : 0) +
      (twins.has(hit.path) ? -10 : 0) +
      Math.min(2, nameMatches(hit.path, terms.words)) * 2;
    const own = !exact || terms.names.includes(shape.name ?? '');
    return { hit, shape, score, exact, own, words: present };
  });
  return select(withNeighbours(candidates, weights), weights, names.length > 0);
}

function nameScore(text: string, shape: LineShape, name: string, whole: RegExp, intent: Intent): number {
  if (!whole.test(text)) return text.toLowerCase().includes(name.toLowerCase()) ? 4 : 0;
  const own = shape.name === name;
  if (shape.role === 'comment') return 4;
  if (shape.role === 'listing') return 5;
  if (shape.role === 'import') return intent === 'uses' ? 10 : 6;
  if (own && shape.role === 'definition') return intent === 'uses' ? 14 : 40;
  if (own && shape.role === 'declaration') return intent === 'uses' ? 14 : 24;
  // A call or a construction says more than a mention.
  const call = new RegExp(
    `(?<![\\w$])${escapeRegex(name)}\\s*(?:<[^(]*>)?[(.\\[]|new\\s+(?:\\w+\\.)*${escapeRegex(name)}`,
  ).test(text);
  return (intent === 'uses' ? 24 : 14) + (call ? 4 : 0);
}

const phraseScore = (text: string, phrases: readonly string[]): number =>
  phrases.filter((phrase) => text.toLowerCase().includes(phrase.toLowerCase())).length * 12;

/** A place is better where the other words stand close by, where they keep coming back, or at least in the same file. */
function withNeighbours(candidates: readonly Candidate[], weights: Weights): Candidate[] {
  const byFile = new Map([...group(candidates)].map(([path, all]) => [path, { all, words: union(all) }]));
  return candidates.map((candidate) => {
    const file = byFile.get(candidate.hit.path);
    if (file === undefined || candidate.words.size === 0) return candidate;
    const near = file.all.filter(({ hit }) => Math.abs(hit.line - candidate.hit.line) <= NEAR_LINES);
    const own = weigh(candidate.words, weights);
    const closeBy = weigh(union(near), weights) - own;
    const elsewhere = weigh(file.words, weights) - own - closeBy;
    const company = 0.6 * Math.log2(near.length);
    return { ...candidate, score: candidate.score + 0.5 * closeBy + 0.2 * elsewhere + company };
  });
}

/** The words of several lines, each as well as it stands on any of them. */
function union(candidates: readonly Candidate[]): Matches {
  const all = new Map<string, number>();
  for (const { words } of candidates) {
    for (const [word, factor] of words) all.set(word, Math.max(factor, all.get(word) ?? 0));
  }
  return all;
}

function group(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const byFile = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const file = byFile.get(candidate.hit.path);
    if (file) file.push(candidate);
    else byFile.set(candidate.hit.path, [candidate]);
  }
  return byFile;
}
