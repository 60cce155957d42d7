import type { Call } from './history';
import { relatedTo } from './related';
import type { Terms } from './terms';
import { escapeRegex, isWeakWord, stem, subwords } from './words';

/** Enough for any name worth asking about, little enough for a history that keeps every result. */
const MAX_USES = 200;
const MAX_DEFINITIONS = 60;
const MAX_WORD_LINES = 200;

/** Longer patterns are refused. */
const MAX_PATTERN = 1_900;

// A glob that only excludes leaves .gitignore in force. Results come by path and are cut, so that the prose, data and
// tests of a repository would crowd its code out.
const PROSE_AND_DATA =
  '*.md,*.mdx,*.txt,*.rst,*.json,*.lock,*.map,*.svg,*.html,*.css,*.yml,*.yaml,*.snap,*.csv,*.xml,*.po,*.min.js';
const TESTS =
  'test/**,tests/**,__tests__/**,spec/**,testdata/**,fixtures/**,*.test.*,*.spec.*,*_test.*,test_*';

const codeOnly = (words: readonly string[]): string =>
  `!**/{${PROSE_AND_DATA}${words.some((word) => /^(?:test|spec|fixtur|mock)/.test(word)) ? '' : `,${TESTS}`}}`;

const KEYWORDS =
  'function\\*?|class|const|let|var|def|fn|func|fun|type|interface|struct|enum|union|trait|mod|module|namespace|object|record|protocol|val|message|service|#\\s*define|macro_rules!';

/** The first round: definitions and uses of names, phrases as they are, places where several words meet. */
export function firstCalls(terms: Terms): Call[] {
  const calls = [...nameCalls(terms.names), ...terms.phrases.map(phraseCall), ...terms.files.map(fileCall)];
  // With a name to go by, two words or more still describe a place; a single one only makes noise.
  const words = terms.names.length === 0 || terms.words.length >= 2 ? terms.words : [];
  const each = terms.names.length === 0 && terms.phrases.length === 0;
  return [...calls, ...wordCalls(words, { each, glob: codeOnly(words) })];
}

/** The second round, when the first found too little: any case, and the words inside the names. */
export function widerCalls(terms: Terms): Call[] {
  const anyCase = terms.names.map((name) =>
    search({ pattern: name, fixed_string: true, ignore_case: true, max_results: MAX_DEFINITIONS }),
  );
  return [...anyCase, ...wordCalls(widerWords(terms), { each: true })];
}

/** The task's words and those inside its names. */
export function widerWords({ names, phrases, files, words }: Terms): string[] {
  const inner = [...names, ...phrases, ...files].flatMap(subwords).map(stem);
  return [...new Set([...words, ...inner])].filter((word) => word.length > 2).slice(0, 6);
}

/** What a file defines, for a task that names nothing but the file. */
export const outlineCall = (path: string): Call =>
  search({
    pattern: `^\\s{0,4}(?:(?:export|default|pub|public|abstract|async|static)\\s+)*(?:${KEYWORDS})\\s+[\\w$(]`,
    path,
    max_results: 40,
  });

export const listCall = (): Call => ({ name: 'list_files', input: { max_results: 40 } });

function nameCalls(names: string[]): Call[] {
  if (names.length === 0) return [];
  const definitions = search({
    pattern: definitionPattern(names.map(escapeRegex)),
    max_results: MAX_DEFINITIONS,
  });
  return [
    definitions,
    ...names.map((name) => search({ pattern: wholeName(escapeRegex(name)), max_results: MAX_USES })),
  ];
}

/** `\b` does not hold beside `$`, which is part of a name in several languages. */
const wholeName = (escaped: string): string => `(?:^|[^\\w$])${escaped}(?:[^\\w$]|$)`;

function definitionPattern(escaped: string[]): string {
  const name = `(?:${escaped.join('|')})`;
  return [
    `(?:^|[^\\w$])(?:${KEYWORDS})\\s+(?:\\([^)]*\\)\\s*)?(?:[\\w$]+(?:\\.|::))*${name}(?:[^\\w$]|$)`,
    // exports.name =, Type.prototype.name =, name: function, name = (…) =>
    `(?:^\\s*|[.\\s'"])${name}['"]?\\s*(?::|:?=[^=])`,
    // A method, or a function of a typed language.
    `^\\s*(?:[\\w<>\\[\\],.*&:]+\\s+)*[*&]?${name}\\s*(?:<[^(]*>)?\\([^;]*\\{?\\s*$`,
  ].join('|');
}

const phraseCall = (phrase: string): Call =>
  search({ pattern: phrase, fixed_string: true, ignore_case: true, max_results: MAX_DEFINITIONS });

const fileCall = (file: string): Call => ({
  name: 'list_files',
  input: { glob: `**/${file.replace(/^(?:\.{0,2}\/)+/, '').replace(/[*?[\]{}\\!]/g, '?')}`, max_results: 20 },
});

/**
 * Definitions named after a word, lines where two words meet, and (`each`) all lines of the words that say most.
 * A repository's prose and data are full of common words, so the first round looks at code alone.
 */
function wordCalls(words: string[], { each, glob }: { each: boolean; glob?: string }): Call[] {
  if (words.length === 0) return [];
  const telling = words.some((word) => !isWeakWord(word)) ? words.filter((word) => !isWeakWord(word)) : words;
  const find = (pattern: string, limit: number, anyCase = true): Call =>
    search({
      pattern,
      ...(anyCase ? { ignore_case: true } : {}),
      ...(glob === undefined ? {} : { glob }),
      max_results: limit,
    });
  return [
    ...(words.length > 1 ? [find(meeting(words.map(family)), MAX_WORD_LINES)] : []),
    find(namedAfter(`(?:${telling.map(family).join('|')})`), MAX_WORD_LINES),
    ...(each ? telling.slice(0, 3).map((word) => find(wordStart(word), MAX_WORD_LINES, false)) : []),
  ];
}

/** Lines with two different words, in either order. */
function meeting(families: string[]): string {
  const pattern = families
    .map((one) => `${one}.*(?:${families.filter((other) => other !== one).join('|')})`)
    .join('|');
  if (pattern.length <= MAX_PATTERN) return pattern;
  const any = `(?:${families.join('|')})`;
  return `${any}.*${any}`;
}

/** Definitions with one of the words in their name. */
const namedAfter = (words: string): string =>
  [
    `(?:^|[^\\w$])(?:${KEYWORDS})\\s+(?:\\([^)]*\\)\\s*)?[\\w$.]*${words}`,
    `^\\s*(?:[\\w.]+\\s+)*[\\w$.]*${words}[\\w$]*\\s*(?:=\\s*(?:async\\s+)?(?:function|\\()|\\([^;]*\\{\\s*$)`,
  ].join('|');

/** A word's family anywhere, with its relations, for patterns that ignore case: `retry` also finds `retries`. */
const family = (word: string): string => `(?:${[word, ...relatedTo(word)].map(member).join('|')})`;

function member(word: string): string {
  if (word.length <= 3) return `(?:\\b|_)${escapeRegex(word)}`;
  return word.endsWith('y') ? `${escapeRegex(word.slice(0, -1))}[yi]` : escapeRegex(word);
}

/** A word at the beginning of a word or of a hump: `connect`, `isConnected`, `IS_CONNECTED`, not `reconnect`. */
function wordStart(word: string): string {
  const any = `(?:\\b|_)(?i:${member(word).replace(/^\(\?:\\b\|_\)/, '')})`;
  const hump = `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
  return /^[a-z]/.test(word) ? `${any}|[a-z0-9]${escapeRegex(hump)}` : any;
}

const search = (input: Call['input']): Call => ({ name: 'search', input });
