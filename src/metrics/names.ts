/** What the SDK measures, as Prometheus names it. Pure. */
import type { Metric } from '@temporalio/common';

type Measured = Pick<Metric, 'name' | 'kind' | 'unit'>;

/** Base units in the name, and `_total` behind what only grows. */
export function exposedName({ name, kind, unit }: Measured): string {
  const whole = /^(bga|temporal)_/.test(name) ? name : `temporal_${name}`;
  const named = `${whole.replaceAll('-', '_')}${UNITS[unit ?? '']?.suffix ?? ''}`;
  return kind === 'counter' && !named.endsWith('_total') ? `${named}_total` : named;
}

/** By how much a value is multiplied. */
export function scaleOf({ unit }: Measured): number {
  return UNITS[unit ?? '']?.scale ?? 1;
}

const UNITS: Readonly<Record<string, { suffix: string; scale: number }>> = {
  s: { suffix: '_seconds', scale: 1 },
  nanoUSD: { suffix: '_usd', scale: 1e-9 },
};
