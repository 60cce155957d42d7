/** The documentation says what the code says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXPLAINED_KEYS, meaningOf } from '../../src/config/meanings';
import { ROOT } from '../support/root';

const {
  references,
  settings,
}: {
  references(): Record<string, string>;
  settings(): [path: string[], schema: object][];
} = require('../../scripts/reference');

const DOCS = join(ROOT, 'docs');
const pages = [
  'README.md',
  'SECURITY.md',
  ...readdirSync(DOCS)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

it.each(Object.entries(references()))(
  'docs/%s is what the code says now; if not, run: npm run docs',
  (name, text) => {
    expect(read(`docs/${name}`)).toBe(text);
  },
);

it('every setting is explained, and nothing that is none', () => {
  const keys = settings().map(([path]) => path);
  expect(keys.length).toBeGreaterThan(80);
  expect(keys.filter((path) => !/\w.*\.$/.test(meaningOf(path) ?? '')).map((path) => path.join('.'))).toEqual(
    [],
  );
  const known = keys.map((path) => path.join('.'));
  expect(EXPLAINED_KEYS.filter((key) => !known.includes(key))).toEqual([]);
});

describe('the error texts of docs/troubleshooting.md', () => {
  const sources = ['src', 'workflows', 'activities']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((name) => name.endsWith('.ts'))
    .map(read);
  const quoted = [...read('docs/troubleshooting.md').matchAll(/^### `(.*)`$/gm)].map(([, text = '']) => text);

  it('are there', () => {
    expect(quoted.length).toBeGreaterThan(10);
  });

  it.each(quoted)('%s', (text) => {
    // All that does not differ stands in one file.
    const parts = text.split('…').filter((part) => /\w{3}/.test(part));
    expect(parts.length).toBeGreaterThan(0);
    expect(sources.some((source) => parts.every((part) => source.includes(part)))).toBe(true);
  });
});

it.each(pages)('every link of %s leads somewhere', (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
  const lost = targets.filter(
    (target) => !/^https?:/.test(target) && !existsSync(join(ROOT, dirname(page), target)),
  );
  expect(lost).toEqual([]);
});

it('every page is reached from docs/README.md', () => {
  const index = read('docs/README.md');
  const lost = pages.filter(
    (page) =>
      page.startsWith('docs/') && page !== 'docs/README.md' && !index.includes(page.slice('docs/'.length)),
  );
  expect(lost).toEqual(['docs/agent-types-reference.md']);
});

describe('the tests that SECURITY.md names', () => {
  const named = [...read('SECURITY.md').matchAll(/^- `(test\/[^`]+)`: (.+)$/gm)].map(
    ([, file = '', title = '']) => ({ file, title }),
  );

  it('are named under every threat', () => {
    const threats = read('SECURITY.md').split('\n### ').slice(1);
    expect(threats.length).toBeGreaterThan(4);
    for (const threat of threats) expect(threat).toMatch(/^- `test\//m);
  });

  it.each(named)('$file: $title', ({ file, title }) => {
    const quoted = ["'", '"'].flatMap((mark) => [`it(${mark}${title}${mark}`, `)(${mark}${title}${mark}`]);
    const source = read(file);
    expect(quoted.some((call) => source.includes(call))).toBe(true);
  });
});
