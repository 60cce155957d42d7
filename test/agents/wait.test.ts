import { restAfter } from '../../src/agents/wait';

describe('between two looks at the agents that are waited for', () => {
  it('rests as usual after a quick one', () => {
    expect(restAfter(500, 3)).toBe(500);
  });

  it('rests longer after one that was work: hundreds of agents are not to slow themselves down', () => {
    expect(restAfter(500, 300)).toBe(1_200);
  });

  it('does not rest for long because a worker was away', () => {
    expect(restAfter(500, 10_000)).toBe(2_000);
  });
});
