/** The dashboard as a document that Grafana can import; `worker.test.ts` holds that a worker has all that it asks for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/root';

interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: object;
  gridPos: { h: number; w: number; x: number; y: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { refId: string; datasource: object; expr: string; legendFormat?: string }[];
}

const { panels, ...dashboard }: { panels: Panel[]; templating: object; uid: string } = JSON.parse(
  readFileSync(join(ROOT, 'deploy', 'grafana.json'), 'utf8'),
);
const charts = panels.filter(({ type }) => type !== 'row');
const queries = charts.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

it('asks for the Prometheus to take, and every query takes that one', () => {
  expect(dashboard).toMatchObject({
    uid: 'background-agents',
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
  });
  const chosen = { type: 'prometheus', uid: `\${datasource}` };
  for (const { title, datasource } of [...charts, ...queries])
    expect([title, datasource]).toEqual([title, chosen]);
});

it('has panels with a title, a unit and a place of their own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { title, gridPos } of panels) {
    const { x, y, w, h } = gridPos;
    expect([title, title.length > 2, x >= 0 && x + w <= 24]).toEqual([title, true, true]);
    for (let column = x; column < x + w; column += 1)
      for (let row = y; row < y + h; row += 1) {
        expect([title, taken.has(`${column} ${row}`)]).toEqual([title, false]);
        taken.add(`${column} ${row}`);
      }
  }
  const units = ['short', 's', 'percentunit', 'currencyUSD', 'bytes'];
  for (const { title, fieldConfig, targets = [] } of charts) {
    expect([title, units.includes(fieldConfig?.defaults.unit ?? '')]).toEqual([title, true]);
    expect([title, targets.length > 0]).toEqual([title, true]);
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  }
});

it('names lines by labels that their query keeps', () => {
  for (const { title, expr, legendFormat = '' } of queries) {
    const kept = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '));
    const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name);
    expect([title, named.filter((name) => !kept.includes(name))]).toEqual([title, []]);
    // Of two lines that are called alike nobody knows which is which.
    expect([title, kept.filter((name) => name !== 'le' && !named.includes(name))]).toEqual([title, []]);
  }
});

it('counts over spans that Grafana sets, and what only grows as a rate', () => {
  for (const { title, expr } of queries) {
    for (const [, span] of expr.matchAll(/\[([^\]]*)\]/g))
      expect(['$__rate_interval', '$__range']).toContain(span);
    // Whether something has ever happened is asked of the count itself, behind an `and`.
    const [shown = ''] = expr.split(/ and (?=.* > 0$)/);
    const growing = shown.match(/\b\w+_(total|bucket|sum|count)\b(\{[^}]*\})?/g) ?? [];
    const inRates = shown.match(/\b(rate|increase)\(\w+(\{[^}]*\})?\[/g) ?? [];
    expect([title, inRates.length]).toEqual([title, growing.length]);
  }
});
