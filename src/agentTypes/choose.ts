import { BUILT_IN_NAMES, type BuiltInName } from './builtIn';
import { CLUES, VERB_WEIGHT, VERBS } from './words';

export interface Choice {
  type: BuiltInName;
  /** One sentence for the one who asked. */
  why: string;
}

/** What a task is about stands at its beginning; the rest is material. */
const READ_CHARS = 2_000;

/**
 * The type for `auto`, from the task's words alone; the same task always gets the same type.
 * 1. Code, quotations and negated clauses ("don't implement it") are left out.
 * 2. Each clue of the word table counts once, and each kind of work whose verb begins a sentence.
 * 3. The highest sum wins. A tie or no clue at all gives `explore` to a question and `general` to anything else.
 */
export function chooseAgentType(task: string): Choice {
  const text = relevant(task);
  const scores = BUILT_IN_NAMES.map((type) => score(type, text));
  const best = Math.max(...scores.map(({ sum }) => sum));
  const winners = scores.filter(({ sum }) => sum === best);
  const [winner] = winners;
  if (best > 0 && winner !== undefined && winners.length === 1) {
    return { type: winner.type, why: `The task says ${quoted(winner.found)}.` };
  }
  const type = isQuestion(text) ? 'explore' : 'general';
  const reason =
    best === 0 ? 'No word of the task tells the kind of work' : `The task fits ${names(winners)} equally`;
  return { type, why: `${reason}, and it is ${type === 'explore' ? 'a question' : 'no question'}.` };
}

function relevant(task: string): string {
  return task
    .slice(0, READ_CHARS)
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/`[^`\n]*`|"[^"\n]{0,200}"|“[^”\n]{0,200}”/g, ' it ')
    .replace(NEGATED, ' ');
}

/** From the negation to the end of its clause. */
const NEGATED =
  /\b(?:do not|don't|dont|never|without|no need to|instead of|rather than|not to|not|no)\b(?! (?:only|working|found|called|used|handled))[^,.;:!?\n]*?(?=[,.;:!?\n]|\b(?:but|only|just)\b|$)/g;

interface Score {
  type: BuiltInName;
  sum: number;
  found: string[];
}

function score(type: BuiltInName, text: string): Score {
  const found: string[] = [];
  let sum = 0;
  const verb = headVerb(type, text);
  if (verb !== undefined) {
    found.push(verb);
    sum += VERB_WEIGHT;
  }
  for (const clue of CLUES) {
    const match = clue.type === type ? clue.words.exec(text) : null;
    if (match === null) continue;
    found.push(match[0]);
    sum += clue.weight;
  }
  return { type, sum, found };
}

/** What may stand before the verb that gives the order. */
const POLITE =
  "(?:(?:please|kindly|can you|could you|would you|will you|i want you to|i'd like you to|i need you to|we need to|we want to|let's|go and|just|only|quickly|carefully|then|now|and|but) )*";

function headVerb(type: BuiltInName, text: string): string | undefined {
  const verbs = VERBS[type];
  if (verbs === undefined) return undefined;
  return new RegExp(`(?:^|[.!?;:,\\n])[\\s#>*-]*${POLITE}(${verbs})\\b`).exec(text)?.[1];
}

const QUESTION = /^[\s#>*-]*(?:where|what|which|who|how|when|why|find|is|are|does|do|can|has|have)\b/;

function isQuestion(text: string): boolean {
  return QUESTION.test(text);
}

function quoted(found: readonly string[]): string {
  const words = [...new Set(found)].slice(0, 3).map((word) => JSON.stringify(word));
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function names(scores: readonly Score[]): string {
  return scores.map(({ type }) => type).join(' and ');
}
