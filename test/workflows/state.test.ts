import type {
  AgentLimits,
  AssistantBlock,
  ModelReply,
  StopReason,
  ToolResult,
} from '../../workflows/contract';
import { type AgentState, initialState, openCalls, recordReply, recordResults } from '../../workflows/state';
import { NO_USAGE } from '../../workflows/usage';

const limits: AgentLimits = { maxTurns: 10, timeoutMs: 60_000, maxRepeatedCalls: 3, maxOutputTokens: 1_000 };
const usage = {
  ...NO_USAGE,
  inputTokens: 10,
  outputTokens: 2,
  cacheReadTokens: 3,
  cacheWriteTokens: 4,
  costUsd: 0.5,
};

const text = (content: string): AssistantBlock => ({ type: 'text', text: content });
const call = (id: string, path = 'a'): AssistantBlock => ({
  type: 'tool_use',
  id,
  name: 'read_file',
  input: { path },
});
const reply = (
  blocks: AssistantBlock[],
  stop: StopReason = 'end_turn',
  extra: Partial<ModelReply> = {},
): ModelReply => ({
  blocks,
  stop,
  usage,
  ...extra,
});
const found: ToolResult = { text: 'one\ntwo', isError: false };
const start = () => initialState({ task: 'Find it', workspace: '/w' }, 0);
const hear = (state: AgentState, ...args: Parameters<typeof reply>) =>
  recordReply(state, reply(...args), limits);

describe('a reply', () => {
  it('with text alone is the answer', () => {
    const state = hear(start(), [text('here')]);
    expect(state).toMatchObject({
      turn: 1,
      answerTurn: 1,
      outcome: { status: 'completed', reason: 'answered' },
    });
  });

  it('adds every kind of token once, and nothing else', () => {
    const state = hear(hear(start(), [call('1')], 'tool_use'), [text('x')]);
    expect(state.usage).toEqual({
      inputTokens: 20,
      outputTokens: 4,
      cacheReadTokens: 6,
      cacheWriteTokens: 8,
      costUsd: 1,
    });
  });

  it('that was aborted leaves its text, but is no turn and no message', () => {
    const before = start();
    const state = hear(before, [text('partial')], 'aborted');
    expect(state).toMatchObject({
      turn: 0,
      messages: before.messages,
      log: { lines: [{ kind: 'text', text: 'partial' }] },
    });
    expect(openCalls(state)).toEqual([]);
  });

  it('is asked for once more when empty, and then given up', () => {
    const once = hear(start(), [text('  ')]);
    expect(once.outcome).toBeUndefined();
    expect(JSON.stringify(once.messages.at(-1))).toContain('empty');
    expect(hear(once, []).outcome).toMatchObject({ reason: 'model_error' });
  });

  it('counts empty replies in a row only', () => {
    let state = hear(start(), []);
    state = recordResults(hear(state, [call('1')], 'tool_use'), [found], limits);
    expect(hear(state, []).outcome).toBeUndefined();
  });

  it('cut off inside a tool call runs nothing, and asks for a shorter call once', () => {
    const once = hear(start(), [text('let me')], 'max_tokens', { truncatedToolCall: 'search' });
    expect(openCalls(once)).toEqual([]);
    expect(once.outcome).toBeUndefined();
    expect(JSON.stringify(once.messages.at(-1))).toContain('search was cut off');
    expect(hear(once, [], 'max_tokens', { truncatedToolCall: 'search' }).outcome).toMatchObject({
      reason: 'max_tokens',
    });
  });

  it('runs the whole calls of a cut reply, and says with their results what was cut', () => {
    const state = hear(start(), [call('1')], 'max_tokens', { truncatedToolCall: 'search' });
    expect(openCalls(state)).toHaveLength(1);
    const after = recordResults(state, [found], limits);
    expect(JSON.stringify(after.messages.at(-1))).toContain('search was cut off');
    expect(after.truncatedToolCall).toBeUndefined();
  });

  it('that pauses is continued without a word', () => {
    const state = hear(start(), [text('thinking')], 'pause_turn');
    expect(state.outcome).toBeUndefined();
    expect(state.messages.at(-1)?.role).toBe('assistant');
  });

  it('that reuses a call id gets a new one, and its results belong to it', () => {
    let state = recordResults(hear(start(), [call('same')], 'tool_use'), [found], limits);
    state = hear(state, [call('same', 'b'), call('same', 'c')], 'tool_use');
    const ids = openCalls(state).map(({ id }) => id);
    expect(new Set([...ids, 'same']).size).toBe(3);
    const results = recordResults(state, [found, found], limits).messages.at(-1);
    expect(results?.blocks.map((block) => (block.type === 'tool_result' ? block.toolUseId : ''))).toEqual(
      ids,
    );
  });

  it('that repeats a call too often ends the agent before the call is run', () => {
    let state = start();
    for (let i = 0; i < 2; i += 1)
      state = recordResults(hear(state, [call(`c${i}`)], 'tool_use'), [found], limits);
    const third = hear(state, [call('c3')], 'tool_use');
    expect(third.outcome).toMatchObject({ status: 'failed', reason: 'loop' });
    expect(openCalls(third)).toEqual([]);
  });

  it('takes the same arguments in another order for the same call', () => {
    const use = (id: string, input: { [key: string]: number }): AssistantBlock => ({
      type: 'tool_use',
      id,
      name: 't',
      input,
    });
    const state = hear(
      start(),
      [use('1', { a: 1, b: 2 }), use('2', { b: 2, a: 1 }), use('3', { a: 1, b: 2 })],
      'tool_use',
    );
    expect(state.outcome).toMatchObject({ reason: 'loop' });
  });
});

describe('results', () => {
  it('keep the order of their calls and are logged a line each', () => {
    const state = recordResults(
      hear(start(), [text('look'), call('1', 'a'), call('2', 'b')], 'tool_use'),
      [found, { text: 'No such file: b', isError: true }],
      limits,
    );
    expect(state.log.lines.map((line) => line.text)).toEqual([
      'look',
      '[tool] read_file a → 2 lines',
      '[tool] read_file b → failed: No such file: b',
    ]);
    expect(state.toolCalls).toBe(2);
  });

  it('tell the model when its last turn has come', () => {
    const short = { ...limits, maxTurns: 2 };
    const state = recordResults(recordReply(start(), reply([call('1')], 'tool_use'), short), [found], short);
    expect(JSON.stringify(state.messages.at(-1))).toContain('last turn');
  });
});
