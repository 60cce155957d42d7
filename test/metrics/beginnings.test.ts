import { beginningsOf } from '../../src/metrics/beginnings';

const kinds = { agentTypes: ['explore'], models: { haiku: 'small', sonnet: 'middle', opus: 'large' } };
const begun = (...queues: string[]) => beginningsOf(queues, kinds);
const labelsOf = (name: string, ...queues: string[]) =>
  begun(...queues)
    .filter(({ measure }) => measure.name === name)
    .map(({ labels }) => labels);

it('has every ending of every type and tier where agents run', () => {
  const endings = labelsOf('bga_agents_ended', 'agents');
  expect(endings).toHaveLength(3 * 13);
  expect(endings).toContainEqual({
    agent_type: 'explore',
    tier: 'opus',
    status: 'failed',
    reason: 'model_error',
  });
});

it('has of models those tiers alone that this worker calls, with their own model', () => {
  expect(labelsOf('bga_model_cost', 'model-opus')).toEqual([{ tier: 'opus', model: 'large' }]);
  expect(labelsOf('bga_model_tokens', 'model-opus').map(({ kind }) => kind)).toEqual([
    'input',
    'output',
    'cache_read',
    'cache_write',
  ]);
  const retries = labelsOf('bga_model_retry_wait', 'model-opus').map(({ kind }) => kind);
  expect(retries).toContain('rate_limited');
  // Nobody tries again before somebody has put it right.
  expect(retries).not.toContain('bad_key');
  expect(labelsOf('bga_model_call_duration', 'model-opus').map(({ outcome }) => outcome)).toContain(
    'bad_key',
  );
});

it('has nothing of what others do', () => {
  expect(new Set(begun('workspace-laptop').map(({ measure }) => measure.name))).toEqual(
    new Set(['bga_tool_call_duration']),
  );
  expect(labelsOf('bga_tool_call_duration', 'agents', 'model-haiku')).toEqual([]);
});
