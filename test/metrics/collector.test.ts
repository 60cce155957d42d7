/** With the SDK's own runtime, in which nobody takes what is measured for too long. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { type Collector, startCollector } from '../../src/metrics/collector';
import { parseExposition, sum } from './exposition';

const PLACES = 200;
let collector: Collector;

beforeAll(() => {
  collector = startCollector([], PLACES);
  collector.stop();
  const { telemetryOptions } = collector;
  Runtime.install({
    shutdownSignals: [],
    telemetryOptions: { ...telemetryOptions, logging: { forward: {} } },
    // To the SDK each measurement that it drops is an error of its own.
    logger: new DefaultLogger('ERROR', () => undefined),
  });
});

afterAll(() => Runtime.instance().shutdown());

async function drained() {
  collector.drain();
  const { samples } = parseExposition(await collector.registry.metrics());
  return {
    lost: sum(samples, 'bga_metrics_lost_total'),
    started: sum(samples, 'bga_agents_started_total'),
  };
}

it('takes what is measured, tells when some of it was lost, and goes on', async () => {
  const started = Runtime.instance().metricMeter.createCounter('bga_agents_started');
  const measure = (times: number) => {
    for (let time = 0; time < times; time += 1) started.add(1, { agent_type: 'explore', tier: 'haiku' });
  };
  measure(20);
  expect(await drained()).toEqual({ lost: 0, started: 20 });
  measure(PLACES);
  const overflowed = await drained();
  expect(overflowed).toMatchObject({ lost: 1 });
  expect(overflowed.started).toBeLessThan(20 + PLACES);
  measure(5);
  expect(await drained()).toEqual({ lost: 1, started: overflowed.started + 5 });
});
