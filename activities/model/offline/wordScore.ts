import { type LineShape, shapeOf } from './lines';
import { relatedTo } from './related';
import { inFamily, isWeakWord, subwords } from './words';

/** Words of the task that stand on a line, and how well: 1 as asked, less for a related word. */
export type Matches = ReadonlyMap<string, number>;
/** How much each word says. */
export type Weights = ReadonlyMap<string, number>;

const RELATED_FACTOR = 0.5;
// Type constructors of a language say nothing of the matter: `Partial<Record<…>>` is no partial record.
const GENERIC = /\b(?:Partial|Readonly|Required|Record|Promise|Array|Map|Set|Option|Result|List)</g;

export function matchWords(text: string, words: readonly string[]): Matches {
  if (words.length === 0) return new Map();
  const parts = subwords(text.replace(GENERIC, ' '));
  const has = (wanted: string) => parts.some((part) => inFamily(part, wanted));
  return new Map(
    words.flatMap((word): [string, number][] => {
      if (has(word)) return [[word, 1]];
      return relatedTo(word).some(has) ? [[word, RELATED_FACTOR]] : [];
    }),
  );
}

/** The rarer a word in what was found, the more it says; and what is asked first is what it is about. */
export function wordWeights(lines: readonly Matches[], words: readonly string[]): Weights {
  return new Map(
    words.map((word, index) => {
      if (isWeakWord(word)) return [word, 1];
      const count = lines.filter((line) => line.get(word) === 1).length;
      const rarity = 3 + 0.6 * Math.log2(1 + 60 / (count + 4));
      return [word, rarity * (index === 0 ? 1.4 : 1)];
    }),
  );
}

export function weigh(matches: Matches, weights: Weights): number {
  let total = 0;
  for (const [word, factor] of matches) total += factor * (weights.get(word) ?? 0);
  return total;
}

/** How many words are there, related ones counted in part. */
const fully = (matches: Matches): number => [...matches.values()].reduce((a, b) => a + b, 0);

export function wordScore(
  text: string,
  matches: Matches,
  weights: Weights,
  shape: LineShape = shapeOf(text),
): number {
  // Two words that meet say more than each of them alone.
  const terse = subwords(text).length < 3 ? 0.5 : 1;
  const onLine = weigh(matches, weights) * (1 + 0.3 * Math.max(0, fully(matches) - 1)) * terse;
  // Prose says what the code around it is for.
  if (shape.role === 'comment') return onLine * 1.2;
  if (shape.role === 'import' || shape.role === 'listing') return onLine * 0.3;
  if (shape.name === undefined) return onLine;
  if (shape.what === 'field' || shape.what === 'assignment') return onLine * 0.8;
  const parts = subwords(shape.name).length;
  const inName = matchWords(shape.name, [...matches.keys()]);
  // `editDistance` is more the answer to "edit distance" than `maxEditDistanceOfAllWords` is.
  const coverage = parts === 0 ? 0 : inName.size / Math.max(parts, inName.size);
  // A name that carries one of many words is not yet what was asked for.
  const share = weigh(inName, weights) / total(weights);
  return onLine + weigh(inName, weights) * coverage * (0.4 + 0.6 * share) * definitionWeight(text, shape);
}

const total = (weights: Weights): number =>
  Math.max(
    1,
    [...weights.values()].reduce((a, b) => a + b, 0),
  );

function definitionWeight(text: string, { role, what }: LineShape): number {
  if (role !== 'definition') return 0.3;
  const variable = what === 'const' || what === 'let' || what === 'var';
  // Inside a function, a variable is but a step on the way.
  if (variable) return /^\s/.test(text) ? 0.2 : 1;
  return 1.6;
}
