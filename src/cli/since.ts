/** Times and spans as they are given on the command line. */
import { UserError } from '../agents/errors';

const UNITS_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const EXAMPLES = 'expected a span such as 90m, 12h, 7d or 2w';

/** A span before now, or a day or a time of the calendar. */
export function sinceMs(option: string, text: string, nowMs: number): number {
  const span = spanOf(text);
  if (span !== undefined) return nowMs - span;
  // A bare date would be taken for midnight in London.
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text)
    ? Date.parse(text.length === 10 ? `${text}T00:00` : text)
    : NaN;
  if (Number.isNaN(atMs))
    throw new UserError('invalid', `${option}: ${EXAMPLES}, or a date such as 2026-11-01. See --help.`);
  return atMs;
}

function spanOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}
