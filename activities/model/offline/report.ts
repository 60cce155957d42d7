import type { Excerpt, Hit } from './hits';
import type { Place } from './rank';
import type { Terms } from './terms';

/** Said first in every answer, so that nobody takes a search for an opinion. */
export const OFFLINE_NOTICE =
  'Offline scout: no language model read this task; it was answered by searching the workspace for its words. For a real model set ANTHROPIC_API_KEY or run `bga config set-key`.';

export interface Findings {
  terms: Terms;
  places: Place[];
  excerpts: Excerpt[];
  /** Files that the task names, or that are there when it names nothing. */
  paths: string[];
  /** At least one search came to an end. */
  looked: boolean;
  /** What was searched without a hit. */
  missing: string[];
  /** Tools that answered with an error: the tool and its first line. */
  failures: string[];
  /** Some searches had more hits than were looked at. */
  cut: boolean;
  /** What the task asks beyond places. */
  beyond?: string | undefined;
}

const MAX_PLACES = 8;
const MAX_EXCERPTS = 3;
const MAX_PATHS = 10;
const MAX_WIDTH = 150;

export function writeReport(findings: Findings): string {
  const { terms, excerpts, places, paths } = findings;
  const sections = [
    OFFLINE_NOTICE,
    findings.beyond,
    matches(findings),
    paths.length > 0
      ? [pathsTitle(terms), ...paths.slice(0, MAX_PATHS).map((path) => `- ${path}`)].join('\n')
      : undefined,
    ...excerpts.slice(0, paths.length > 3 ? 2 : MAX_EXCERPTS).map((excerpt) => excerptText(excerpt, places)),
    [searched(findings), ...notes(findings)].join('\n'),
  ];
  return sections.filter((section) => section !== undefined && section !== '').join('\n\n');
}

function matches(findings: Findings): string {
  const { places, paths, terms } = findings;
  if (places.length > 0) return ['Best matches:', ...places.slice(0, MAX_PLACES).map(placeLine)].join('\n');
  return terms.files.length > 0 && paths.length > 0 ? '' : nothing(findings);
}

const placeLine = (place: Place): string =>
  `- ${place.hit.path}:${place.hit.line} (${label(place)}): ${cut(place.hit.text.trim())}`;

function label({ shape: { role, name, what }, exact, own }: Place): string {
  if (role === 'comment' || role === 'import') return role;
  if (role === 'listing') return 'import or export';
  if (!own || role === 'use' || name === undefined || what === 'assignment') return exact ? 'use' : 'mention';
  return `${role} of ${cut(name)}, ${what ?? 'name'}`;
}

function nothing({ terms, looked }: Findings): string {
  if (allTerms(terms).length === 0) {
    return 'The task has no words that could be searched for. Name a function, a type, a file or a subject.';
  }
  if (!looked) return 'Nothing could be searched: the agent has no tool for it, or the tool failed.';
  return 'No line of the workspace matches. Name a function, a type, a file or a subject as it stands in the code.';
}

const pathsTitle = (terms: Terms): string =>
  terms.files.length > 0 || allTerms(terms).length > 0 ? 'Files:' : 'Files of the workspace:';

function excerptText({ path, lines }: Excerpt, places: readonly Place[]): string {
  const cited = new Set(
    places
      .slice(0, MAX_PLACES)
      .filter(({ hit }) => hit.path === path)
      .map(({ hit }) => hit.line),
  );
  const rows = lines.map(({ line, text }) => `${cited.has(line) ? '>' : ' '} ${line}  ${cut(text)}`);
  return [`${path}:${lines[0]?.line ?? 1}`, '```', ...rows, '```'].join('\n');
}

function searched({ terms, places, looked }: Findings): string {
  if (!looked) return 'Nothing was searched.';
  const more = places.length - MAX_PLACES;
  const rest = more > 0 ? ` ${more} more places match less well.` : '';
  return `Searched for ${allTerms(terms).map(quoted).join(', ')}.${rest}`;
}

function notes({ missing, failures, terms, cut: isCut }: Findings): string[] {
  return [
    ...(missing.length > 0 ? [`Not found: ${missing.map(quoted).join(', ')}.`] : []),
    ...(terms.left > 0 ? [`${terms.left} more words of the task were not searched.`] : []),
    ...(isCut ? ['Some words have more hits than were looked at: ask with rarer words, or a name.'] : []),
    ...failures.slice(0, 3),
  ];
}

export const allTerms = ({ names, phrases, files, words, spelled }: Terms): string[] => [
  ...names,
  ...phrases,
  ...files,
  ...words.map((word) => spelled.get(word) ?? word),
];

/** What the task named and no hit carries. */
export function missingTerms(terms: Terms, hits: readonly Hit[], paths: readonly string[]): string[] {
  const seen = `${hits.map(({ text }) => text).join('\n')}\n${hits.map(({ path }) => path).join('\n')}\n${paths.join('\n')}`;
  const lower = seen.toLowerCase();
  // The stem of `retry` also stands for `retries`.
  return [
    ...terms.names.filter((name) => !seen.includes(name)),
    ...[...terms.phrases, ...terms.files].filter((text) => !lower.includes(text.toLowerCase())),
    ...terms.words
      .filter((word) => !lower.includes(word.replace(/y$/, '')))
      .map((word) => terms.spelled.get(word) ?? word),
  ];
}

const quoted = (term: string): string => `\`${cut(term)}\``;
const cut = (text: string): string => (text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}…` : text);
