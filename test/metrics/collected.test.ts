import type { Metric } from '@temporalio/common';
import { Registry } from 'prom-client';
import { Collected } from '../../src/metrics/collected';
import { exposedName } from '../../src/metrics/names';
import { measures } from '../../workflows/measures';
import { parseExposition, sum } from './exposition';

const latency: Metric = {
  name: 'temporal_local_activity_execution_latency',
  kind: 'histogram',
  unit: 's',
  valueType: 'float',
};
const executed: Metric = { name: 'temporal_local_activity_total', kind: 'counter', valueType: 'int' };

let registry: Registry;
let collected: Collected;
beforeEach(() => {
  registry = new Registry();
  collected = new Collected(registry);
});
const scrape = async () => parseExposition(await registry.metrics()).samples;

it('adds up a hundred different calls of a tool as one, in counters and in buckets', async () => {
  for (let call = 0; call < 100; call += 1) {
    const attributes = { task_queue: 'agents', activity_type: `read_file src/file-${call}.ts` };
    collected.take({ metric: executed, value: 1, attributes });
    collected.take({ metric: latency, value: call < 60 ? 0.002 : 0.2, attributes });
  }
  const samples = await scrape();
  const labels = { task_queue: 'agents', activity_type: 'read_file' };
  expect(samples.filter(({ name }) => name === 'temporal_local_activity_total')).toEqual([
    { name: 'temporal_local_activity_total', labels, value: 100 },
  ]);
  const bucket = (le: string) =>
    sum(samples, 'temporal_local_activity_execution_latency_seconds_bucket', { ...labels, le });
  expect([bucket('0.005'), bucket('0.1'), bucket('0.25'), bucket('+Inf')]).toEqual([60, 60, 100, 100]);
  expect(sum(samples, 'temporal_local_activity_execution_latency_seconds_sum')).toBeCloseTo(8.12);
  expect(sum(samples, 'temporal_local_activity_execution_latency_seconds_count')).toBe(100);
});

it('has no more than a hundred values of any label, and loses nothing', async () => {
  const { name } = measures.modelTokens;
  const metric: Metric = { name, kind: 'counter', valueType: 'int' };
  for (let model = 0; model < 150; model += 1)
    collected.take({
      metric,
      value: 2,
      attributes: { tier: 'haiku', model: `model-${model}`, kind: 'input' },
    });
  const samples = await scrape();
  expect(samples).toHaveLength(101);
  expect(sum(samples, 'bga_model_tokens_total')).toBe(300);
  expect(sum(samples, 'bga_model_tokens_total', { model: 'other' })).toBe(100);
});

it('drops labels that nobody has vouched for', async () => {
  const { name } = measures.agentsStarted;
  const metric: Metric = { name, kind: 'counter', valueType: 'int' };
  const attributes = { agent_type: 'explore', tier: 'haiku', workflowType: 'agent', task: 'CANARY' };
  collected.take({ metric, value: 1, attributes });
  collected.take({ metric: executed, value: 1, attributes: { workflow_id: 'explore-CANARY' } });
  expect(await registry.metrics()).not.toContain('CANARY');
  expect((await scrape())[0]).toEqual({
    name: 'bga_agents_started_total',
    labels: { agent_type: 'explore', tier: 'haiku' },
    value: 1,
  });
});

it('counts money in dollars', async () => {
  const { name, unit } = measures.modelCost;
  const metric: Metric = { name, unit, kind: 'counter', valueType: 'int' };
  collected.take({ metric, value: 1_250, attributes: { tier: 'haiku', model: 'm' } });
  expect(sum(await scrape(), 'bga_model_cost_usd_total')).toBeCloseTo(0.00000125, 12);
});

it('keeps of a gauge what was said last', async () => {
  const metric: Metric = { name: 'temporal_num_pollers', kind: 'gauge', valueType: 'int' };
  for (const value of [5, 3]) collected.take({ metric, value, attributes: { task_queue: 'agents' } });
  expect(sum(await scrape(), 'temporal_num_pollers')).toBe(3);
});

it.each([
  [{ name: 'temporal_request', kind: 'counter' }, 'temporal_request_total'],
  [{ name: 'request_latency', kind: 'histogram', unit: 's' }, 'temporal_request_latency_seconds'],
  [{ name: 'temporal_local_activity_total', kind: 'counter' }, 'temporal_local_activity_total'],
  [{ name: 'temporal_sticky_cache_size', kind: 'gauge' }, 'temporal_sticky_cache_size'],
  [measures.modelCost, 'bga_model_cost_usd_total'],
] as const)('calls %o as Prometheus would', (metric, exposed) => {
  expect(exposedName(metric)).toBe(exposed);
});
