import type { AgentInput } from '../../workflows/contract';
import { fallenBack, patienceOf, servedBy } from '../../workflows/fallback';
import { type AgentState, initialState } from '../../workflows/state';

const input: Pick<AgentInput, 'tier' | 'model' | 'fallback' | 'contextTokens'> = {
  tier: 'opus',
  model: 'o',
  contextTokens: 9,
  fallback: {
    afterMs: 600_000,
    models: [
      { tier: 'sonnet', model: 's' },
      { tier: 'haiku', model: 'h' },
    ],
  },
};
const begun: AgentState = {
  ...initialState({ task: 't', workspace: '/w' }, 0),
  turn: 3,
  messages: [
    { role: 'user', blocks: [{ type: 'text', text: 't' }] },
    {
      role: 'assistant',
      blocks: [
        { type: 'opaque', raw: { type: 'thinking', thinking: 'hm', signature: 'of o' } },
        { type: 'tool_use', id: 'a', name: 'search', input: {} },
      ],
    },
    { role: 'user', blocks: [{ type: 'tool_result', toolUseId: 'a', text: 'x', isError: false }] },
  ],
};

it('goes from model to model, and stays with the last however long that is away', () => {
  const once = fallenBack(input, begun, 'Overloaded.');
  const twice = fallenBack(input, once, 'Overloaded.');
  expect([begun, once, twice].map((state) => servedBy(input, state))).toEqual([
    { tier: 'opus', model: 'o', contextTokens: 9 },
    { tier: 'sonnet', model: 's' },
    { tier: 'haiku', model: 'h' },
  ]);
  expect([begun, once, twice].map((state) => patienceOf(input.fallback, state))).toEqual([
    { giveUpAfterMs: 600_000 },
    { giveUpAfterMs: 600_000 },
    {},
  ]);
});

it('keeps the conversation but for what only the model before understands, as a conversation of a new epoch', () => {
  const { messages, epoch } = fallenBack(input, begun, 'Overloaded.');
  expect(messages[1]?.blocks).toEqual([{ type: 'tool_use', id: 'a', name: 'search', input: {} }]);
  expect([messages[0], messages[2]]).toEqual([begun.messages[0], begun.messages[2]]);
  expect(epoch).toBe(begun.epoch + 1);
});

it('says in the output which model went on, and why', () => {
  expect(fallenBack(input, begun, 'Overloaded (529).').log.lines).toEqual([
    {
      kind: 'note',
      turn: 3,
      text: '[note] opus (o) was not available for 10 min: goes on with sonnet (s). The last failure: Overloaded (529).',
    },
  ]);
});

it('asks nothing new of an agent without a fallback', () => {
  expect(patienceOf(undefined, begun)).toEqual({});
});
