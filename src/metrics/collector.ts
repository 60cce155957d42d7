/**
 * Takes what Temporal's runtime and this product measure, out of the runtime's buffer. Its own Prometheus exporter would keep every
 * label value for ever, and the type of a tool call that was tried is the call itself: there would be a dozen series for each file read.
 */
import { MetricsBuffer, type RuntimeOptions } from '@temporalio/worker';
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { Beginning } from './beginnings';
import { Collected } from './collected';

/** A busy worker measures 2,000 times a second. */
const BUFFERED = 50_000;
const DRAIN_MS = 500;
/** A measurement takes two places at most, for its labels and for its value: so many of them are a buffer that was full. */
const FULL = 0.45;

export interface Collector {
  /** For `Runtime.install`, before there is any connection. */
  telemetryOptions: NonNullable<RuntimeOptions['telemetryOptions']>;
  registry: Registry;
  /** Takes all that was measured until now. */
  drain(): void;
  stop(): void;
}

/** @param beginnings what is there at 0 before it happens for the first time */
export function startCollector(beginnings: readonly Beginning[] = [], maxBufferSize = BUFFERED): Collector {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const collected = new Collected(registry);
  for (const { measure, labels } of beginnings) collected.begin(measure, labels);
  const lost = new Counter({
    name: 'bga_metrics_lost_total',
    help: 'Times that measurements were lost, because the worker was too busy to take them.',
    registers: [registry],
  });
  const buffer = new MetricsBuffer({ maxBufferSize, useSecondsForDurations: true });
  const drain = () => {
    let taken = 0;
    try {
      for (const update of buffer.retrieveUpdates()) {
        collected.take(update);
        taken += 1;
      }
      if (taken >= FULL * maxBufferSize) lost.inc();
    } catch {
      // The SDK cannot read a measurement whose labels or name were lost.
      lost.inc();
    }
  };
  const timer = setInterval(drain, DRAIN_MS).unref();
  return {
    telemetryOptions: { metrics: { buffer, attachServiceName: false } },
    registry,
    drain,
    stop: () => clearInterval(timer),
  };
}
