/** What was measured so far, in Prometheus' client for Node.js. */
import type { MetricKind } from '@temporalio/common';
import type { BufferedMetricUpdate } from '@temporalio/worker';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Measure, measures } from '../../workflows/measures';
import { Labels, labelNamesOf } from './labels';
import { exposedName, scaleOf } from './names';

type Update = Pick<BufferedMetricUpdate, 'metric' | 'value' | 'attributes'>;
type Named = Pick<Update['metric'], 'name' | 'kind' | 'unit' | 'description'>;

interface Series {
  take(value: number, labels: Record<string, string>): void;
  begin(labels: Record<string, string>): void;
}

/** From a call within one machine to a wait of hours in a queue. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];
const OWN_BUCKETS = new Map<string, readonly number[] | undefined>(
  Object.values<Measure>(measures).map(({ name, buckets }) => [name, buckets]),
);

export class Collected {
  private readonly series = new Map<string, Series>();
  private readonly labels = new Labels();

  constructor(private readonly registry: Registry) {}

  take({ metric, value, attributes }: Update): void {
    this.seriesOf(metric).take(value * scaleOf(metric), this.labels.of(metric.name, attributes));
  }

  /** Shows at 0 what has not happened yet: of a series that appears at 1, Prometheus does not see that it rose. */
  begin({ name, kind, unit, help }: Measure, attributes: Record<string, string>): void {
    this.seriesOf({ name, kind, unit, description: help }).begin(this.labels.of(name, attributes));
  }

  private seriesOf(metric: Named): Series {
    const known = this.series.get(metric.name);
    if (known) return known;
    const { name, kind, description } = metric;
    const exposed = exposedName(metric);
    const series = KINDS[kind]({
      name: exposed,
      help: description ?? exposed,
      labelNames: labelNamesOf(name),
      registers: [this.registry],
      buckets: [...(OWN_BUCKETS.get(name) ?? BUCKETS_S)],
    });
    this.series.set(name, series);
    return series;
  }
}

interface Described {
  name: string;
  help: string;
  labelNames: readonly string[];
  registers: Registry[];
  buckets: number[];
}

const KINDS: Record<MetricKind, (described: Described) => Series> = {
  counter: ({ buckets: _, ...described }) => {
    const counter = new Counter(described);
    return {
      take: (value, labels) => counter.inc(labels, value),
      begin: (labels) => counter.inc(labels, 0),
    };
  },
  histogram: (described) => {
    const histogram = new Histogram(described);
    return {
      take: (value, labels) => histogram.observe(labels, value),
      begin: (labels) => histogram.zero(labels),
    };
  },
  gauge: ({ buckets: _, ...described }) => {
    const gauge = new Gauge(described);
    return { take: (value, labels) => gauge.set(labels, value), begin: () => undefined };
  },
  'up-down-counter': ({ buckets: _, ...described }) => {
    const gauge = new Gauge(described);
    return { take: (value, labels) => gauge.inc(labels, value), begin: () => undefined };
  },
};
