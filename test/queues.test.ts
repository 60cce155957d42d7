import { allQueues, parseQueues, placesPastQueues, queueOf } from '../src/queues';

it('takes names as people write them', () => {
  expect(parseQueues('agents, model-haiku model-haiku,workspace-build.host-1')).toEqual([
    'agents',
    'model-haiku',
    'workspace-build.host-1',
  ]);
});

it('knows what a worker does on each queue that agents use', () => {
  expect(allQueues('workspace-laptop').map((name) => queueOf(name).role)).toEqual([
    { kind: 'agents' },
    { kind: 'model', tier: 'haiku' },
    { kind: 'model', tier: 'sonnet' },
    { kind: 'model', tier: 'opus' },
    { kind: 'workspace' },
  ]);
});

it.each(['', 'agent', 'model-gpt', 'workspace-', 'workspace-a/b'])(
  'refuses %p, naming those that there are',
  (name) => {
    const parse = () => parseQueues(name).map(queueOf);
    expect(parse).toThrow('is no queue of agents. There are agents, model-haiku,');
  },
);

it('lets calls past the queues of the tiers that a worker serves, but for those with a rate', () => {
  const atOnce = { haiku: 20, sonnet: 10, opus: 5 };
  expect(placesPastQueues(['agents', 'model-haiku', 'model-sonnet'], atOnce, { sonnet: 2 })).toEqual({
    haiku: 20,
  });
  expect(placesPastQueues(['agents', 'workspace'], atOnce, {})).toEqual({});
});
