/** Words of prose and of identifiers, brought to a form in which they can be compared. */

const STOP_WORDS = new Set(
  `a about above add after again all audit away keep keeps kept also an and any anything are as at be been before being below between both but by can
  cannot could did do does doing done down during each either else etc every exactly few find for from further get
  gets give given go goes had happen happens has have having he help her here his how however i if in inside into is it its
  itself just kind know let like line lines list locate located look looks lot made make makes many may me mean means might more
  most much must my name named need needs no nor not now of off on once one only onto or other our out over own part
  per place places please report same say see several shall she should show so some something somewhere still such
  take tell than that the their them then there these they thing things this those through thus to together too under until up
  upon us very via want was way we well went were what whatever when where wherever whether which while who whole whom whose why will
  with within without work works would yes yet you your code codebase repo repository project source file files folder
  directory workspace function functions method methods class classes constant constants variable variables interface
  interfaces type types symbol symbols identifier implementation implement implemented implements definition definitions define
  defined defines declare declared declares declaration declarations use used uses using usage usages call calls called caller callers
  invoke invoked reference references referenced live lives written exist exists answer question describe explain
  briefly short cite cited path number numbers review fix refactor problem problems issue issues bug bugs support`
    .split(/\s+/)
    .filter(Boolean),
);

export const isStopWord = (word: string): boolean => STOP_WORDS.has(word.toLowerCase());

// Words that describe any code whatever: they tell places apart only beside another word.
const WEAK_STEMS = new Set(
  'handl decid determin process perform manag run start set check data valu result object default new system logic app application user thing creat add'.split(
    ' ',
  ),
);

export const isWeakWord = (stemmed: string): boolean => WEAK_STEMS.has(stemmed);

// A map, because a task may well speak of `constructor`, which every object has.
const IRREGULAR = new Map(
  Object.entries({ thrown: 'throw', threw: 'throw', built: 'buil', sent: 'sen', ran: 'run' }),
);

// Longest first. Stems are compared as prefixes, so a stem that is a letter short still finds the whole family.
const SUFFIXES = [
  'izations',
  'ization',
  'ations',
  'ation',
  'ities',
  'ness',
  'ity',
  'ments',
  'ment',
  'ings',
  'ing',
  'ions',
  'ion',
  'ed',
  'ers',
  'er',
  'ly',
  'es',
  's',
];

/** Light stemming: `connection`, `connected`, `connects` → `connect`; `retries` → `retry`. */
export function stem(word: string): string {
  const lower = word.toLowerCase();
  const irregular = IRREGULAR.get(lower);
  if (irregular !== undefined) return irregular;
  if (/[^s]ss$/.test(lower)) return lower;
  const y = /^(\w{3,})(?:ies|ied)$/.exec(lower);
  if (y) return `${y[1]}y`;
  const suffix = SUFFIXES.find((s) => lower.endsWith(s) && lower.length - s.length >= (s === 's' ? 3 : 4));
  const root = suffix === undefined ? lower : lower.slice(0, -suffix.length);
  if (suffix === undefined || suffix === 's') return root.length > 5 ? root.replace(/e$/, '') : root;
  // stopp → stop, controll → control; short roots keep theirs (call, pass).
  if (root.length > 4 && /([^aeious])\1$/.test(root)) return root.slice(0, -1);
  return root.replace(/e$/, '');
}

/** `parseHTTPHeader_v2` → `parse`, `http`, `header`, `v2`. */
export function subwords(identifier: string): string[] {
  const spaced = identifier
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2');
  return (spaced.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.toLowerCase());
}

/** Whether a subword belongs to the family of a stem: `connected` to `connect`, `retries` to `retry`. */
export function inFamily(subword: string, stemmed: string): boolean {
  // Three letters and less stand for themselves: `key` is not the beginning of `keyword`.
  if (stemmed.length <= 3) return subword === stemmed || subword === `${stemmed}s`;
  if (subword.startsWith(stemmed)) return true;
  return stemmed.endsWith('y') && subword.startsWith(`${stemmed.slice(0, -1)}i`);
}

/** For Rust's and JavaScript's regular expressions alike. */
export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
