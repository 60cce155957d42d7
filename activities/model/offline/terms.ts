import { symbolsByPosition } from './symbols';
import { isStopWord, stem } from './words';

/** What a task asks for, as far as its words show. */
export interface Terms {
  /** Names as they stand in code, exactly as written. */
  names: string[];
  /** Quoted phrases and dashed words: searched as they are, in any case. */
  phrases: string[];
  /** File names and paths. */
  files: string[];
  /** Stems of the words that carry the meaning. */
  words: string[];
  /** How the task spells each stem: a reader of the report should see his own words. */
  spelled: ReadonlyMap<string, string>;
  /** Words left out because there were more than a search can carry. */
  left: number;
}

const MAX_NAMES = 4;
const MAX_PHRASES = 2;
const MAX_FILES = 2;
const MAX_WORDS = 6;
// Beyond this, a task is mostly pasted material; what it asks stands at its ends or in its questions.
const MAX_TEXT = 1_200;

const FILE =
  /^[\w@.+/-]*\w\.(?:[cm]?[jt]sx?|d\.ts|json|md|py|go|rs|java|kt|rb|php|cs?|cc|cpp|hpp|h|swift|sh|ya?ml|toml|sql|proto|css|html|vue|svelte|lock|txt)$/i;
const TOKEN = /[\p{L}\p{N}_$@#.\-/]*[\p{L}\p{N}_$](?:\(\))?/gu;

export function readTerms(task: string): Terms {
  const text = essence(task);
  const quoted: string[] = [];
  const prose = text.replace(
    /`+([^`\n]{1,80})`+|"([^"\n]{2,80})"|(?<![\p{L}\p{N}])'([^'\n]{2,80})'(?!\p{L})/gu,
    (whole, a, b, c) => {
      quoted.push(
        String(a ?? b ?? c)
          .replace(/\p{Cc}/gu, ' ')
          .trim(),
      );
      return whole.length > 0 ? ' ' : '';
    },
  );
  const found = {
    names: new Set<string>(),
    phrases: new Set<string>(),
    files: new Set<string>(),
    words: new Map<string, string>(),
  };
  for (const span of quoted) addQuoted(span, found);
  for (const name of symbolsByPosition(prose)) if (!isStopWord(name)) found.names.add(name);
  for (const [token] of prose.matchAll(TOKEN)) addToken(token, found);
  const names = [...found.names];
  const words = [...found.words.keys()];
  return {
    names: names.slice(0, MAX_NAMES),
    phrases: [...found.phrases].slice(0, MAX_PHRASES),
    files: [...found.files].slice(0, MAX_FILES),
    words: words.slice(0, MAX_WORDS),
    spelled: found.words,
    left: Math.max(0, names.length - MAX_NAMES) + Math.max(0, words.length - MAX_WORDS),
  };
}

/** The questions of a long task first, then its two ends. */
function essence(task: string): string {
  if (task.length <= MAX_TEXT) return task;
  const questions = task.match(/[^.?!\n]{3,300}\?/g) ?? [];
  const asked = questions
    .slice(0, 3)
    .join('\n')
    .slice(0, MAX_TEXT / 2);
  return [asked, task.slice(0, MAX_TEXT / 2), task.slice(-MAX_TEXT / 4)].join('\n');
}

type Found = Record<'names' | 'phrases' | 'files', Set<string>> & { words: Map<string, string> };

function addQuoted(span: string, found: Found): void {
  const name = span.replace(/\(.*\)$/, '');
  if (FILE.test(name)) found.files.add(name);
  else if (/^[\p{L}_$#@][\p{L}\p{N}_$]*(?:[.:]+[\p{L}\p{N}_$]+)*$/u.test(name))
    found.names.add(lastSegment(name));
  else if (/[\p{L}\p{N}]/u.test(span)) found.phrases.add(span);
}

function addToken(raw: string, found: Found): void {
  const called = raw.endsWith('()');
  const token = raw.replace(/\(\)$/, '').replace(/^[.\-/@#]+|[.\-/]+$/g, '');
  if (token === '') return;
  if (FILE.test(token)) found.files.add(token);
  else if (isName(token) || (called && /^[\p{L}_$]/u.test(token))) found.names.add(lastSegment(token));
  else if (/^\p{L}+(?:-\p{L}+)+$/u.test(token)) found.phrases.add(token);
  else for (const word of token.match(/[\p{L}\p{N}]+/gu) ?? []) addWord(word, found);
}

function addWord(word: string, found: Found): void {
  if (word.length < 2 || word.length > 40 || isStopWord(word) || /^\d+$/.test(word)) return;
  const stemmed = stem(word);
  // `tells` and `telling` say as little as `tell`.
  if (stemmed !== '' && !isStopWord(stemmed) && !found.words.has(stemmed)) found.words.set(stemmed, word);
}

/** camelCase, PascalCase of two humps, snake_case, CONSTANT, dotted.name, $name. Acronyms (ISO, HTTP) are words. */
function isName(token: string): boolean {
  if (token.length > 80 || !/^[\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::)[\p{L}\p{N}_$]+)*$/u.test(token))
    return false;
  if (/^[A-Z]{6,}$/.test(token)) return true;
  return /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}{2}|\p{N}\p{Lu}|[_$]|\w\.\w|::/u.test(token);
}

/** Code rarely repeats the whole path at the definition: `Reader.prototype.skipType` is found by `skipType`. */
const lastSegment = (name: string): string => name.split(/[.:]+/).filter(Boolean).at(-1) ?? name;
