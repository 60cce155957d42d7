import { inFamily, subwords } from './words';

/** How likely a path holds what somebody asks for, before looking at the line: 0 for source, below for the rest. */
const WEIGHTS: [RegExp, number][] = [
  [/(?:^|\/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|[^/]*\.lock|go\.sum)$|\.map$|\.svg$/i, -25],
  [/(?:^|\/)change(?:log|s)[^/]*$/i, -16],
  [
    /\.min\.[cm]?js$|\.umd\.|(?:^|\/)(?:dist|build|out|vendor|_vendor|node_modules|third_party|generated|coverage)\//i,
    -12,
  ],
  [
    /(?:^|\/)(?:tests?|__tests__|spec|fixtures?|mocks?|__mocks__|testdata)\/|[._-](?:test|spec|bench)\.|(?:^|\/)test_[^/]*$|_test\.\w+$/i,
    -9,
  ],
  [/(?:^|\/)(?:bench(?:marks?)?|examples?|samples?|demos?|scripts?|docs?)\//i, -7],
  [/\.(?:md|mdx|txt|rst|adoc|html?)$/i, -9],
  [/\.d\.[cm]?ts$/i, -5],
  [/\.(?:json|ya?ml|toml|ini|cfg|css|snap)$/i, -6],
];

export const pathWeight = (path: string): number =>
  WEIGHTS.reduce((sum, [pattern, weight]) => (pattern.test(path) ? sum + weight : sum), 0);

/** `lib/a.d.ts` → `a`: what a source and its compiled twins have in common. */
export function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/(?:\.d)?\.[cm]?[jt]sx?$/i, '');
}

const isSource = (path: string): boolean => /\.[cm]?tsx?$/i.test(path) && !/\.d\.[cm]?ts$/i.test(path);
const isCompiled = (path: string): boolean => /\.(?:d\.[cm]?ts|[cm]?jsx?)$/i.test(path);

/** Compiled files whose TypeScript source is among the paths. */
export function compiledTwins(paths: Iterable<string>): Set<string> {
  const all = [...new Set(paths)];
  const sources = new Set(all.filter(isSource).map(stemOf));
  const scripts = new Set(all.filter((path) => /\.[cm]?jsx?$/i.test(path)).map(stemOf));
  return new Set(
    all.filter(
      (path) =>
        isCompiled(path) && (sources.has(stemOf(path)) || (/\.d\./.test(path) && scripts.has(stemOf(path)))),
    ),
  );
}

/** How many of the words the file's own name carries. */
export const nameMatches = (path: string, words: readonly string[]): number => {
  const parts = subwords(stemOf(path));
  return words.filter((word) => parts.some((part) => inFamily(part, word))).length;
};
