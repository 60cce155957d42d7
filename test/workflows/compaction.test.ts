import fc from 'fast-check';
import {
  compaction,
  forcedTargetBytes,
  roomBytes,
  targetBytes,
  withSummary,
} from '../../workflows/compaction';
import type { AgentLimits, AssistantBlock, Message, ToolUseBlock, UserBlock } from '../../workflows/contract';
import { digestOf } from '../../workflows/digest';
import { sizes } from '../../workflows/sizes';
import { initialState, recordCompaction } from '../../workflows/state';
import { bytesPerToken, conversationBytes } from '../../workflows/tokens';

const limits: AgentLimits = { maxTurns: 9, timeoutMs: 9, maxRepeatedCalls: 9, maxOutputTokens: 10_000 };
const task: Message = { role: 'user', blocks: [{ type: 'text', text: 'The task.' }] };

/** A turn: what the model said, how long each result of its calls is, and whether it only spoke. */
const turn = fc.record({
  text: fc.string({ maxLength: 400 }),
  results: fc.array(fc.nat(3_000), { maxLength: 4 }),
  advice: fc.boolean(),
});

function messagesOf(turns: readonly { text: string; results: number[]; advice: boolean }[]): Message[] {
  return [
    task,
    ...turns.flatMap(({ text, results, advice }, at): Message[] => {
      const ids = results.map((_, index) => `c${at}_${index}`);
      const calls = ids.map(
        (id): AssistantBlock => ({ type: 'tool_use', id, name: 'read_file', input: { path: `f${at}` } }),
      );
      const answers = results.map(
        (chars, index): UserBlock => ({
          type: 'tool_result',
          toolUseId: ids[index] ?? '',
          text: 'é'.repeat(chars),
          isError: false,
        }),
      );
      const more: UserBlock[] = advice || answers.length === 0 ? [{ type: 'text', text: 'Go on.' }] : [];
      return [
        { role: 'assistant', blocks: [{ type: 'text', text: text || '-' }, ...calls] },
        { role: 'user', blocks: [...answers, ...more] },
      ];
    }),
  ];
}

const conversation = fc.array(turn, { minLength: 1, maxLength: 25 }).map(messagesOf);

function compacted(messages: readonly Message[], target: number, summary = 'summary'): readonly Message[] {
  return withSummary(compaction(messages, target), summary);
}

/** What the API demands, and what the agent may rely on. */
function expectValid(messages: readonly Message[]): void {
  expect(messages[0]?.role).toBe('user');
  expect(messages[0]?.blocks[0]).toEqual(task.blocks[0]);
  messages.forEach((message, index) => {
    if (index > 0) expect(message.role).not.toBe(messages[index - 1]?.role);
    const uses = message.role === 'assistant' ? message.blocks.filter(isUse).map(({ id }) => id) : [];
    const next = messages[index + 1];
    const results = next?.role === 'user' ? resultIds(next.blocks) : [];
    if (message.role === 'assistant') expect(results).toEqual(uses);
  });
  // No result stands without its call.
  const first = messages[0];
  expect(first?.role === 'user' ? resultIds(first.blocks) : []).toEqual([]);
}

const isUse = (block: AssistantBlock): block is ToolUseBlock => block.type === 'tool_use';
const resultIds = (blocks: readonly UserBlock[]) =>
  blocks.flatMap((block) => (block.type === 'tool_result' ? [block.toolUseId] : []));

describe('a compacted conversation', () => {
  it('is one that the API takes, with the task unchanged and every call answered', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 1, max: 60_000 }), (messages, target) => {
        expectValid(compacted(messages, target));
      }),
    );
  });

  it('keeps its last turns as they were', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 1, max: 60_000 }), (messages, target) => {
        expect(compacted(messages, target).slice(-2)).toEqual(messages.slice(-2));
      }),
    );
    const messages = messagesOf(
      Array.from({ length: 10 }, () => ({ text: 'x', results: [3_000], advice: false })),
    );
    expect(compacted(messages, 60_000).slice(-8)).toEqual(messages.slice(-8));
  });

  it('is as short as it was to be, unless its last turn alone is longer', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 30_000, max: 60_000 }), (messages, target) => {
        const last = conversationBytes(messages.slice(-2));
        const bytes = conversationBytes(compacted(messages, target));
        expect(bytes).toBeLessThanOrEqual(Math.max(target, last + sizes.summaryBytes));
      }),
    );
  });

  it('can be compacted again and again', () => {
    fc.assert(
      fc.property(conversation, fc.array(turn, { maxLength: 10 }), (messages, later) => {
        const once = compacted(messages, 5_000, 'first summary');
        const grown = [...once, ...messagesOf(later).slice(1)];
        const twice = compacted(grown, 3_000, 'second summary');
        expectValid(twice);
        // The second tells of the first, which it replaces.
        expect(JSON.stringify(twice[0]).includes('first summary')).toBe(
          compaction(grown, 3_000).summariseTo <= 1 &&
            once !== messages &&
            JSON.stringify(once[0]).includes('first summary'),
        );
      }),
    );
  });

  it('loses old results before it loses turns, and no more than needed', () => {
    const messages = messagesOf(
      Array.from({ length: 20 }, () => ({ text: 'said', results: [2_500], advice: false })),
    );
    const { stubs, summariseTo, messages: left } = compaction(messages, 50_000);
    expect(summariseTo).toBe(1);
    expect(stubs).toBeGreaterThan(9);
    expect(stubs).toBeLessThan(14);
    expect(JSON.stringify(left[2])).toContain(
      '[result of read_file f0, 1 line, dropped to save room; call it again if needed]',
    );
    expect(conversationBytes(left)).toBeGreaterThan(44_000);
    const short = compaction(messages, 8_000);
    expect(short.stubs).toBeGreaterThan(14);
    expect(short.summariseTo).toBeGreaterThan(1);
  });
});

describe('room', () => {
  const state = initialState({ task: 'x', workspace: '/w' }, 0);
  const filled = (bytes: number) => ({
    ...state,
    messages: [
      ...state.messages,
      { role: 'assistant' as const, blocks: [{ type: 'text' as const, text: 'x'.repeat(bytes) }] },
    ],
  });

  it('is made when the conversation nears the context of its model, and brings it down to half of that', () => {
    const input = { contextTokens: 50_000, limits };
    const room = roomBytes(state, input);
    expect(room).toBe(0.8 * 40_000 * 3.5);
    expect(targetBytes(filled(room - 1_000), input)).toBeUndefined();
    expect(targetBytes(filled(room + 1), input)).toBe(room / 2);
  });

  it('is never more than goes along into the next run', () => {
    expect(roomBytes(state, { contextTokens: 10_000_000, limits })).toBe(sizes.conversationBytes);
  });

  it('follows what the provider counts, not nonsense', () => {
    expect(bytesPerToken(30_000, 10_000)).toBe(3);
    expect(bytesPerToken(400_000, 100)).toBe(6);
    expect(bytesPerToken(10, 10_000)).toBe(1.5);
    expect(bytesPerToken(10, 0)).toBe(3.5);
  });

  it('is made at once when the provider says so, even below its estimate', () => {
    const small = filled(10_000);
    expect(forcedTargetBytes(small, { limits })).toBeLessThan(conversationBytes(small.messages) / 1.9);
  });
});

describe('what is left behind', () => {
  const messages = messagesOf(
    Array.from({ length: 12 }, (_, at) => ({ text: `said ${at}`, results: [900, 900], advice: false })),
  );

  it('is told in a line of the log', () => {
    const state = { ...initialState({ task: 'x', workspace: '/w' }, 0), messages, turn: 12 };
    const plan = compaction(messages, 5_000);
    const after = recordCompaction(state, withSummary(plan, 'notes'), plan);
    expect(after.epoch).toBe(1);
    expect(after.log.lines.at(-1)).toMatchObject({ kind: 'note', turn: 12 });
    expect(after.log.lines.at(-1)?.text).toMatch(
      /^\[note\] conversation compacted: \d+ tool results dropped, \d+ turns summarised, about \d+00 tokens saved$/,
    );
  });

  it('is told without a model by what was said and called, and by the summary before', () => {
    const [, ...turns] = messages;
    const digest = digestOf([
      { role: 'user', blocks: [...task.blocks, { type: 'text', text: 'earlier notes' }] } as Message,
      ...turns,
    ]);
    expect(digest).toMatch(/^earlier notes\n/);
    expect(digest).toContain('- said: said 3\n- called read_file f3');
    const long = messagesOf(
      Array.from({ length: 2_000 }, () => ({ text: 'é'.repeat(300), results: [], advice: false })),
    );
    expect(Buffer.byteLength(digestOf(long))).toBeLessThanOrEqual(sizes.summaryBytes);
  });
});
