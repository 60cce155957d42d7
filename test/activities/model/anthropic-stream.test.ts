import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { StreamFault, UnknownStopReason } from '../../../activities/model/anthropic-errors';
import { abortedAnswer, addEvent, answerOf, EMPTY_STREAM } from '../../../activities/model/anthropic-stream';
import { blockEvents, messageEnd, messageStart, textEvents, toolEvents } from '../../support/rawModelServer';

/** Events as they come over the wire, where nobody guarantees the SDK's types. */
const fromWire = (events: readonly object[]): RawMessageStreamEvent[] => JSON.parse(JSON.stringify(events));
const play = (...events: object[]) => fromWire(events).reduce(addEvent, EMPTY_STREAM);
const answer = (...events: object[]) => answerOf(play(messageStart(), ...events));

it('puts text and tool calls together from their pieces, in order', () => {
  const reply = answer(
    ...textEvents(0, 'Look', 'ing.'),
    ...toolEvents(1, 'a', 'read_file', '{"path":', '"x.ts","from_line":3}'),
    ...toolEvents(2, 'b', 'list_files'),
    ...messageEnd('tool_use'),
  );
  expect(reply.stop).toBe('tool_use');
  expect(reply.blocks).toEqual([
    { type: 'text', text: 'Looking.' },
    { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x.ts', from_line: 3 } },
    { type: 'tool_use', id: 'b', name: 'list_files', input: {} },
  ]);
});

it.each(['{"path":', 'nonsense', '[1]', 'null', '"text"'])(
  'keeps arguments that are no JSON object: %s',
  (json) => {
    const { blocks } = answer(...toolEvents(0, 'a', 'read_file', json), ...messageEnd('tool_use'));
    expect(blocks).toEqual([
      { type: 'tool_use', id: 'a', name: 'read_file', input: {}, malformedInput: json },
    ]);
  },
);

it('takes arguments that a gateway gives at once', () => {
  const start = { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x' } };
  expect(answer(...blockEvents(0, start), ...messageEnd('tool_use')).blocks).toEqual([start]);
});

it('keeps thinking, redacted thinking and unknown blocks as the provider must see them again', () => {
  const { blocks } = answer(
    ...blockEvents(0, { type: 'thinking', thinking: '', signature: '' }, [
      { type: 'thinking_delta', thinking: 'a' },
      { type: 'thinking_delta', thinking: 'b' },
      { type: 'signature_delta', signature: 's' },
      { type: 'brand_new_delta', what: 1 },
    ]),
    ...blockEvents(1, { type: 'redacted_thinking', data: 'xyz' }),
    ...blockEvents(2, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }, [
      { type: 'input_json_delta', partial_json: '{"q":1}' },
    ]),
    ...blockEvents(3, { type: 'brand_new', nested: { a: [1] } }),
    ...messageEnd('pause_turn'),
  );
  expect(blocks).toEqual([
    { type: 'opaque', raw: { type: 'thinking', thinking: 'ab', signature: 's' } },
    { type: 'opaque', raw: { type: 'redacted_thinking', data: 'xyz' } },
    { type: 'opaque', raw: { type: 'server_tool_use', id: 's', name: 'web_search', input: { q: 1 } } },
    { type: 'opaque', raw: { type: 'brand_new', nested: { a: [1] } } },
  ]);
});

it.each([
  ['end_turn', 'end_turn'],
  ['stop_sequence', 'end_turn'],
  ['max_tokens', 'max_tokens'],
  ['model_context_window_exceeded', 'max_tokens'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause_turn'],
])('reads %s as %s', (given, stop) => {
  expect(answer(...textEvents(0, 'x'), ...messageEnd(given))).toMatchObject({
    stop,
    blocks: [{ type: 'text', text: 'x' }],
  });
});

it('calls no end of the turn what asks for tools', () => {
  expect(answer(...toolEvents(0, 'a', 'list_files'), ...messageEnd('end_turn')).stop).toBe('tool_use');
});

it('gives an empty reply as no blocks', () => {
  expect(answer(...messageEnd('end_turn')).blocks).toEqual([]);
});

it.each([
  ['open', toolEvents(1, 'b', 'read_file', '{"path":"x"').slice(0, -1)],
  ['closed', toolEvents(1, 'b', 'read_file', '{"path":"x"')],
  ['closed and parses', toolEvents(1, 'b', 'read_file', '{"path":"x"}')],
])('names a call that the output limit cut off, and never hands it out: %s', (_, cut) => {
  const reply = answer(...toolEvents(0, 'a', 'list_files'), ...cut, ...messageEnd('max_tokens'));
  expect(reply).toMatchObject({ stop: 'max_tokens', truncatedToolCall: 'read_file' });
  expect(reply.blocks).toEqual([{ type: 'tool_use', id: 'a', name: 'list_files', input: {} }]);
});

it('keeps text that the output limit cut off, but no unfinished thinking', () => {
  const [start] = blockEvents(0, { type: 'thinking', thinking: '', signature: '' });
  expect(answer(start ?? {}, ...messageEnd('max_tokens')).blocks).toEqual([]);
  const text = textEvents(0, 'so far').slice(0, -1);
  expect(answer(...text, ...messageEnd('max_tokens')).blocks).toEqual([{ type: 'text', text: 'so far' }]);
});

it('hands out no tool call of a refused reply', () => {
  const reply = answer(...textEvents(0, 'I'), ...toolEvents(1, 'a', 'list_files'), ...messageEnd('refusal'));
  expect(reply).toMatchObject({ stop: 'refusal', blocks: [{ type: 'text', text: 'I' }] });
});

it('counts the tokens once, though the API repeats them', () => {
  const first = {
    input_tokens: 7,
    output_tokens: 1,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 20,
  };
  const last = { ...first, output_tokens: 42 };
  const { tokens } = answerOf(
    play(messageStart(first), ...textEvents(0, 'x'), ...messageEnd('end_turn', last)),
  );
  expect(tokens).toEqual({ inputTokens: 7, outputTokens: 42, cacheReadTokens: 100, cacheWriteTokens: 20 });
  const bare = play(
    { type: 'message_start' },
    ...messageEnd('end_turn', { input_tokens: 3, output_tokens: 2 }),
  );
  expect(answerOf(bare).tokens).toMatchObject({ inputTokens: 3, outputTokens: 2, cacheReadTokens: 0 });
});

it('hands out the text of an aborted reply, but none of its calls', () => {
  const state = play(
    messageStart({ input_tokens: 9, output_tokens: 2 }),
    ...textEvents(0, 'so '),
    ...toolEvents(1, 'a', 'list_files'),
    ...textEvents(2, 'far').slice(0, -1),
    ...toolEvents(3, 'b', 'list_files', '{').slice(0, -1),
  );
  expect(abortedAnswer(state)).toEqual({
    stop: 'aborted',
    blocks: [
      { type: 'text', text: 'so ' },
      { type: 'text', text: 'far' },
    ],
    tokens: { inputTokens: 9, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 },
  });
  expect(state.text).toBe('so far');
});

it('passes over events of kinds that are new to us', () => {
  expect(play({ type: 'brand_new' })).toEqual(EMPTY_STREAM);
});

it('knows a reply that contradicts itself', () => {
  expect(() => play({ type: 'content_block_delta', index: 4, delta: {} })).toThrow(StreamFault);
  expect(() => play({ type: 'content_block_start', index: 0 })).toThrow(StreamFault);
  expect(() => answer(...textEvents(0, 'x').slice(0, -1), ...messageEnd('end_turn'))).toThrow(StreamFault);
  expect(() => answer(...textEvents(0, 'x'), ...messageEnd('tool_use'))).toThrow(StreamFault);
  expect(() => answer(...textEvents(0, 'x'))).toThrow(StreamFault);
  expect(() => answer(...textEvents(0, 'x'), ...messageEnd('bored'))).toThrow(UnknownStopReason);
});
