import { toParams } from '../../../activities/model/anthropic-request';
import type { ModelRequest } from '../../../activities/model/model';
import type { AssistantBlock, Message } from '../../../workflows/contract';

const HEAD = {
  instructions: 'You read code.',
  tools: ['read_file'],
  task: 'task',
  workspace: '/repo',
  maxOutputTokens: 1000,
};
const TOOLS = ['list_files', 'read_file'].map((name) => ({
  name,
  description: `${name}.`,
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
}));

function request(messages: Message[], change: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'claude-haiku-5-5', head: HEAD, messages, tools: TOOLS, ...change };
}
const user = (text: string): Message => ({ role: 'user', blocks: [{ type: 'text', text }] });
const says = (...blocks: AssistantBlock[]): Message => ({ role: 'assistant', blocks });
const result = (id: string): Message => ({
  role: 'user',
  blocks: [{ type: 'tool_result', toolUseId: id, text: `result of ${id}`, isError: false }],
});
function contentOf(message: Message): unknown {
  return toParams(request([message])).messages[0]?.content;
}

const CONVERSATION: Message[] = [
  user('Find it. Größe 🙂'),
  says(
    { type: 'opaque', raw: { type: 'thinking', thinking: 'hm', signature: 'sig' } },
    { type: 'tool_use', id: 'a', name: 'read_file', input: { z: 1, path: 'x' } },
  ),
  result('a'),
  says({ type: 'text', text: 'More.' }, { type: 'tool_use', id: 'b', name: 'read_file', input: {} }),
  result('b'),
  says({ type: 'text', text: 'Done.' }),
];

it('starts the request of each turn with the request of the turn before, byte for byte', () => {
  const serialized = [1, 3, 5].map((length) =>
    JSON.stringify(toParams(request(CONVERSATION.slice(0, length)))),
  );
  for (const [index, later] of serialized.slice(1).entries()) {
    const earlier = serialized[index] ?? '';
    // What closes the list of messages and the request is all that may differ.
    expect(earlier.endsWith(']}')).toBe(true);
    expect(later.startsWith(`${earlier.slice(0, -2)},`)).toBe(true);
  }
});

it('sets one breakpoint behind tools and instructions, and asks for an automatic one behind the messages', () => {
  const params = toParams(request(CONVERSATION));
  expect(params.system).toEqual([
    { type: 'text', text: 'You read code.', cache_control: { type: 'ephemeral' } },
  ]);
  expect(params.cache_control).toEqual({ type: 'ephemeral' });
  expect(JSON.stringify([params.tools, params.messages])).not.toContain('cache_control');
});

it('puts the breakpoint on the last tool when there are no instructions', () => {
  const params = toParams(request(CONVERSATION, { head: { ...HEAD, instructions: ' ' } }));
  expect(params.system).toBeUndefined();
  expect(params.tools).toMatchObject([{ name: 'list_files' }, { cache_control: { type: 'ephemeral' } }]);
  expect(JSON.stringify(params.tools?.[0])).not.toContain('cache_control');
});

it('leaves tools out when there are none', () => {
  expect(toParams(request(CONVERSATION, { tools: [] }))).not.toHaveProperty('tools');
});

it('passes on model, limit and tool schemas, and asks for a stream', () => {
  expect(toParams(request(CONVERSATION))).toMatchObject({
    model: 'claude-haiku-5-5',
    max_tokens: 1000,
    stream: true,
    tools: [{ name: 'list_files', description: 'list_files.', input_schema: TOOLS[0]?.inputSchema }, {}],
  });
});

it('puts tool results before the text of a message', () => {
  const content = contentOf({
    role: 'user',
    blocks: [
      { type: 'text', text: 'Hurry.' },
      { type: 'tool_result', toolUseId: 'a', text: 'no such file', isError: true },
      { type: 'tool_result', toolUseId: 'b', text: '', isError: false },
    ],
  });
  expect(content).toEqual([
    { type: 'tool_result', tool_use_id: 'a', content: 'no such file', is_error: true },
    { type: 'tool_result', tool_use_id: 'b' },
    { type: 'text', text: 'Hurry.' },
  ]);
});

it('never sends blank text nor an empty message', () => {
  expect(contentOf(says({ type: 'text', text: '\n ' }, { type: 'text', text: 'x' }))).toEqual([
    { type: 'text', text: 'x' },
  ]);
  expect(contentOf(says())).toEqual([{ type: 'text', text: '(empty)' }]);
  expect(contentOf(user(''))).toEqual([{ type: 'text', text: '(empty)' }]);
});

it('sends blocks that only the provider understands back unchanged, in their place', () => {
  const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' };
  const unknown = { type: 'brand_new', nested: [{ a: 1 }, null] };
  const content = contentOf(
    says({ type: 'opaque', raw: thinking }, { type: 'text', text: 'x' }, { type: 'opaque', raw: unknown }),
  );
  expect(content).toEqual([thinking, { type: 'text', text: 'x' }, unknown]);
});

it('sends a call with malformed arguments as a call without arguments, which is all that the API takes', () => {
  const call: AssistantBlock = {
    type: 'tool_use',
    id: 'a',
    name: 'read_file',
    input: {},
    malformedInput: '{"path":',
  };
  expect(contentOf(says(call))).toEqual([{ type: 'tool_use', id: 'a', name: 'read_file', input: {} }]);
});
