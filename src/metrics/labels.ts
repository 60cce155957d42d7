/**
 * Keeps the number of time series small, whatever agents do: only these labels, and only so many values of each. Counters and
 * histograms stay right, since what is told apart no longer is added up.
 */
import type { MetricTags } from '@temporalio/common';
import { type Measure, measures } from '../../workflows/measures';

/** Of what the SDK measures by itself. */
const SDK_LABELS = [
  'namespace',
  'task_queue',
  'workflow_type',
  'activity_type',
  'operation',
  'status_code',
  'poller_type',
  'worker_type',
  'failure_reason',
];

const OWN_LABELS = new Map<string, readonly string[]>(
  Object.values<Measure>(measures).map(({ name, labels }) => [name, labels]),
);

/** @param name of the metric, as the SDK calls it */
export function labelNamesOf(name: string): readonly string[] {
  return OWN_LABELS.get(name) ?? SDK_LABELS;
}

/** More than there are kinds of anything here. */
const VALUES_PER_LABEL = 100;
const VALUE_CHARS = 80;
/** In the place of all values that come when there are so many. */
const OTHERS = 'other';

export class Labels {
  private readonly seen = new Map<string, Set<string>>();

  of(name: string, tags: MetricTags): Record<string, string> {
    const labels: Record<string, string> = {};
    for (const label of labelNamesOf(name)) {
      const value = tags[label];
      if (value !== undefined) labels[label] = this.bounded(label, kindOf(label, String(value)));
    }
    return labels;
  }

  private bounded(label: string, value: string): string {
    const seen = this.seen.get(label) ?? new Set();
    this.seen.set(label, seen);
    if (seen.has(value)) return value;
    if (seen.size >= VALUES_PER_LABEL) return OTHERS;
    seen.add(value);
    return value;
  }
}

/** The type of a tool call that was tried is its title: `read_file src/index.ts`. Of it only the tool is a kind of anything. */
function kindOf(label: string, value: string): string {
  const kind = label === 'activity_type' ? value.replace(/\s.*/s, '') : value;
  return kind.slice(0, VALUE_CHARS);
}
