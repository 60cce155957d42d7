/** What was measured so far, in Prometheus' client for Node.js. */
import type { MetricKind } from '@temporalio/common';
import type { BufferedMetricUpdate } from '@temporalio/worker';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Measure, measures } from '../../workflows/measures';
import { Labels, labelNamesOf } from './labels';
import { exposedName, scaleOf } from './names';

type Update = Pick<BufferedMetricUpdate, 'metric' | 'value' | 'attributes'>;
type Take = (value: number, labels: Record<string, string>) => void;

/** From a call within one machine to a wait of hours in a queue. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];
const OWN_BUCKETS = new Map<string, readonly number[] | undefined>(
  Object.values<Measure>(measures).map(({ name, buckets }) => [name, buckets]),
);

export class Collected {
  private readonly takers = new Map<string, Take>();
  private readonly labels = new Labels();

  constructor(private readonly registry: Registry) {}

  take({ metric, value, attributes }: Update): void {
    const taker = this.takers.get(metric.name) ?? this.takerOf(metric);
    taker(value * scaleOf(metric), this.labels.of(metric.name, attributes));
  }

  private takerOf(metric: Update['metric']): Take {
    const { name, kind, description } = metric;
    const exposed = exposedName(metric);
    const taker = TAKERS[kind]({
      name: exposed,
      help: description ?? exposed,
      labelNames: labelNamesOf(name),
      registers: [this.registry],
      buckets: [...(OWN_BUCKETS.get(name) ?? BUCKETS_S)],
    });
    this.takers.set(name, taker);
    return taker;
  }
}

interface Described {
  name: string;
  help: string;
  labelNames: readonly string[];
  registers: Registry[];
  buckets: number[];
}

const TAKERS: Record<MetricKind, (described: Described) => Take> = {
  counter: ({ buckets: _, ...described }) => {
    const counter = new Counter(described);
    return (value, labels) => counter.inc(labels, value);
  },
  histogram: (described) => {
    const histogram = new Histogram(described);
    return (value, labels) => histogram.observe(labels, value);
  },
  gauge: ({ buckets: _, ...described }) => {
    const gauge = new Gauge(described);
    return (value, labels) => gauge.set(labels, value);
  },
  'up-down-counter': ({ buckets: _, ...described }) => {
    const gauge = new Gauge(described);
    return (value, labels) => gauge.inc(labels, value);
  },
};
