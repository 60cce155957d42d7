import type { ModelRequest } from '../model';
import { echoOf } from './echo';
import { type Answered, type Call, type History, readHistory } from './history';
import { type Hit, readExcerpts, readHits, readPaths, wasCut } from './hits';
import { beyondReach, readIntent } from './intent';
import { firstCalls, listCall, outlineCall, widerCalls, widerWords } from './queries';
import { type Place, rank } from './rank';
import { allTerms, missingTerms, OFFLINE_NOTICE, writeReport } from './report';
import { readTerms, type Terms } from './terms';

/** A reply of the scout: calls to make, with a line on what they are for, or the answer. */
export interface Step {
  text: string;
  calls: { id: string; name: string; input: Call['input'] }[];
}

const MAX_READS = 3;
const LINES_BEFORE = 2;
const LINES_AFTER = 6;
const WHOLE_FILE_LINES = 24;

/** The next reply: a pure function of the conversation, so that a retry anywhere gives the same one. */
export function nextStep(request: Pick<ModelRequest, 'head' | 'messages'>): Step {
  const history = readHistory(request);
  const allowed = new Set(request.head.tools);
  const view = look(history, request.head.task);
  const { text, calls } = plan(view, history, allowed);
  const made = new Set(history.rounds.flat().map(fingerprint));
  const fresh = unique(calls.filter(({ name }) => allowed.has(name))).filter(
    (call) => !made.has(fingerprint(call)),
  );
  if (fresh.length > 0) {
    return {
      text,
      calls: fresh.map((call, index) => ({ id: `offline-${history.turn + 1}-${index + 1}`, ...call })),
    };
  }
  return { text: answer(view, history), calls: [] };
}

interface View {
  terms: Terms;
  hits: Hit[];
  places: Place[];
}

function look({ ask, rounds }: History, task: string): View {
  const own = readTerms(ask);
  // A continuation such as "and its tests?" means what the task meant.
  const terms = allTerms(own).length > 0 ? own : readTerms(task);
  const echoes = echoOf(ask);
  const hits = readHits(rounds.flat()).filter(({ text }) => !echoes(text));
  return {
    terms,
    hits,
    places: rank(hits, widened(terms, hits), readIntent(ask)).filter(({ score }) => score > 0),
  };
}

/** A name that stands nowhere still has words in it, and those may have been found. */
function widened(terms: Terms, hits: readonly Hit[]): Terms {
  const absent = terms.names.filter((name) => !hits.some(({ text }) => text.includes(name)));
  if (absent.length === 0 || absent.length < terms.names.length) return terms;
  return { ...terms, words: widerWords(terms) };
}

/** Search; search wider if that gave little; read the best places; answer. Each stage happens once. */
function plan(
  view: View,
  { rounds }: History,
  allowed: ReadonlySet<string>,
): { text: string; calls: Call[] } {
  const done = { text: '', calls: [] };
  if (rounds.some((round) => round.some(({ name }) => name === 'read_file'))) return done;
  const { terms } = view;
  if (rounds.length === 0) {
    const calls = firstCalls(terms).filter(({ name }) => allowed.has(name));
    if (calls.length === 0) return { text: `${OFFLINE_NOTICE}\nListing the workspace.`, calls: [listCall()] };
    return { text: `${OFFLINE_NOTICE}\nSearching for ${quoted(terms)}.`, calls };
  }
  if (
    rounds.length === 1 &&
    isWeak(view) &&
    !namesItsFile(view, rounds.flat()) &&
    allTerms(terms).length > 0
  ) {
    const calls = widerCalls(terms);
    if (calls.length > 0)
      return { text: 'Little found as written; searching in any case and by parts of the names.', calls };
  }
  const calls = reads(view, rounds.flat());
  if (calls.length === 0) return done;
  const files = new Set(calls.map(({ input }) => input.path));
  return { text: `Reading ${[...files].join(', ')}.`, calls };
}

function isWeak({ terms, places }: View): boolean {
  if (terms.names.length > 0) return !places.some(({ exact }) => exact);
  return places.length < 3;
}

/** Nothing but a file was asked for, and it is there. */
const namesItsFile = ({ terms, places }: View, answers: Answered[]): boolean =>
  places.length === 0 && terms.names.length === 0 && terms.files.length > 0 && readPaths(answers).length > 0;

function reads({ places, terms }: View, answers: Answered[]): Call[] {
  if (places.length === 0 && terms.files.length > 0) {
    const files = readPaths(answers).slice(0, MAX_READS);
    return files.flatMap((path) => [read(path, 1, WHOLE_FILE_LINES / files.length), outlineCall(path)]);
  }
  const wanted: Hit[] = [];
  for (const { hit } of places.slice(0, 8)) {
    // One excerpt a file, unless its places lie far apart.
    if (!wanted.some(({ path, line }) => path === hit.path && Math.abs(line - hit.line) < 40))
      wanted.push(hit);
  }
  return wanted
    .slice(0, MAX_READS)
    .map(({ path, line }) => read(path, Math.max(1, line - LINES_BEFORE), line + LINES_AFTER));
}

const read = (path: string, from: number, to: number): Call => ({
  name: 'read_file',
  input: { path, from_line: from, to_line: Math.ceil(to) },
});

function answer({ terms, hits, places }: View, { ask, rounds }: History): string {
  const answers = rounds.flat();
  const paths = readPaths(answers);
  const looked = answers.some(({ name, isError }) => name === 'search' && !isError);
  return writeReport({
    terms,
    places,
    excerpts: readExcerpts(answers),
    paths,
    looked,
    missing: looked ? missingTerms(terms, hits, paths) : [],
    failures: answers.flatMap(({ name, isError, text }) =>
      isError ? [`${name} failed: ${firstLine(text)}`] : [],
    ),
    cut: answers.some(wasCut),
    beyond: beyondReach(ask),
  });
}

const quoted = (terms: Terms): string =>
  allTerms(terms)
    .map((term) => `\`${term}\``)
    .join(', ');
const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 200) || 'no result';
const fingerprint = ({ name, input }: Pick<Answered, 'name' | 'input'>): string =>
  `${name} ${JSON.stringify(input)}`;
const unique = (calls: Call[]): Call[] => [
  ...new Map(calls.map((call) => [fingerprint(call), call])).values(),
];
