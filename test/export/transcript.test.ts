import fc from 'fast-check';
import type { StatusResult } from '../../src/agents';
import { documentOf } from '../../src/export/document';
import { markdownOf } from '../../src/export/markdown';
import type { Recorded } from '../../src/export/recorded';
import { transcriptOf, usageByModel } from '../../src/export/transcript';
import type { Json } from '../../workflows/contract';
import { NO_USAGE } from '../../workflows/usage';

const usage = { ...NO_USAGE, inputTokens: 10, outputTokens: 1 };
const use = (name: string, input: Json) => ({ type: 'tool_use', id: 'x', name, input });
let clock = 0;
const at = () => {
  clock += 1_000;
  return { atMs: clock };
};

const ask = (seq: number, turn: number): Recorded => ({
  kind: 'scheduled',
  eventId: `e${seq}`,
  seq,
  activity: 'callModel',
  args: [{ model: 'm', progress: { turn } }],
  ...at(),
});
const done = (seq: number, result: unknown): Recorded => ({
  kind: 'done',
  scheduledId: `e${seq}`,
  result,
  ...at(),
});
const replied = (seq: number, ...blocks: unknown[]) => done(seq, { blocks, stop: 'tool_use', usage });
const tried = (seq: number, text: string | null): Recorded => ({
  kind: 'tried',
  seq,
  result: text === null ? null : { text, isError: false },
  ...at(),
});
const called = (seq: number, name: string, input: Json): Recorded => ({
  kind: 'scheduled',
  eventId: `e${seq}`,
  seq,
  activity: 'callTool',
  args: [{ name, input }],
  ...at(),
});
const failed = (seq: number, why: string): Recorded => ({
  kind: 'failed',
  scheduledId: `e${seq}`,
  why,
  ...at(),
});

function results(events: Recorded[], tools = ['read', 'search']) {
  return transcriptOf([events], tools).flatMap((entry) =>
    entry.kind === 'turn' ? entry.tool_calls.map(({ name, result }) => [name, result]) : [],
  );
}

it('passes over a call that was sent back to queue up, and has the one in its place', () => {
  const sentBack: Recorded = { kind: 'sentBack', scheduledId: 'e1', ...at() };
  const events = [ask(1, 0), sentBack, ask(2, 0), replied(2, use('read', {})), tried(3, 'alpha')];
  expect(transcriptOf([events], ['read']).map(({ kind }) => kind)).toEqual(['turn']);
  expect(results(events)).toEqual([['read', 'alpha']]);
});

describe('a tool call has its own result', () => {
  it('done at once, in whatever order the results were recorded', () => {
    const events = [
      ask(1, 0),
      replied(1, use('read', { path: 'a' }), use('search', {})),
      tried(3, 'second'),
      tried(2, 'first'),
    ];
    expect(results(events)).toEqual([
      ['read', 'first'],
      ['search', 'second'],
    ]);
  });

  it('tried first and then called in earnest, twice with the same arguments', () => {
    const same = use('read', { path: 'a' });
    const events = [
      ask(1, 0),
      replied(1, same, same, use('search', {})),
      tried(2, null),
      tried(3, null),
      tried(4, 'quick'),
      called(5, 'read', { path: 'a' }),
      called(6, 'read', { path: 'a' }),
      done(6, { text: 'two', isError: false }),
      done(5, { text: 'one', isError: false }),
    ];
    expect(results(events)).toEqual([
      ['read', 'one'],
      ['read', 'two'],
      ['search', 'quick'],
    ]);
  });

  it('asked again because its worker had no key', () => {
    const input = { path: 'a' };
    const events = [
      ask(1, 0),
      replied(1, use('read', input)),
      called(2, 'read', input),
      failed(2, 'no key'),
      called(3, 'read', input),
      done(3, { text: 'there', isError: false }),
    ];
    expect(results(events)).toEqual([['read', 'there']]);
  });

  it('and no other: neither that of a tool there is not, nor that of the next turn', () => {
    const events = [
      ask(1, 0),
      replied(1, use('invented', {}), use('read', { path: 'a' }), use('search', {})),
      tried(2, 'of read'),
      ask(4, 1),
      replied(4, use('search', {})),
      tried(5, 'of the next'),
    ];
    expect(results(events)).toEqual([
      ['invented', 'There is no such tool.'],
      ['read', 'of read'],
      ['search', undefined],
      ['search', 'of the next'],
    ]);
  });
});

it('adds up what each model took', () => {
  const events = [
    ask(1, 0),
    replied(1, { type: 'text', text: 'a' }),
    ask(2, 1),
    replied(2, { type: 'opaque', raw: {} }),
  ];
  expect(usageByModel(transcriptOf([events], []))).toEqual([
    { model: 'm', usage: { ...usage, inputTokens: 20, outputTokens: 2 } },
  ]);
});

it('begins with what was handed on where the earlier runs are gone', () => {
  const carried = { state: { messages: [{ role: 'user', blocks: [{ type: 'text', text: 'so far' }] }] } };
  const later: Recorded = { kind: 'started', runId: 'r2', args: [{}, carried], ...at() };
  expect(transcriptOf([[later]], [])).toMatchObject([{ kind: 'carried', messages: [{ text: 'so far' }] }]);
  const first: Recorded = { kind: 'started', runId: 'r1', args: [{}], ...at() };
  expect(transcriptOf([[first], [later]], [])).toEqual([]);
});

it('tells of stops, messages and faults', () => {
  const told = (name: string, ...args: unknown[]): Recorded => ({ kind: 'told', name, args, ...at() });
  const events = [
    ask(1, 0),
    failed(1, 'gave up'),
    told('message', { text: 'look there too' }),
    told('resume'),
    told('stop', 'killed', 'enough'),
  ];
  expect(transcriptOf([events], []).map(({ at: _, ...entry }) => entry)).toEqual([
    { kind: 'fault', what: 'callModel', message: 'gave up' },
    { kind: 'message', text: 'look there too' },
    { kind: 'stop', reason: 'killed', note: 'enough' },
  ]);
});

describe('Markdown', () => {
  const status: StatusResult = {
    agent_id: 'explore-000000000000',
    status: 'completed',
    reason: 'answered',
    progress: { turn: 1, max_turns: 9, tool_calls: 0, activity: '' },
    usage: { input_tokens: 1, output_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0, cost_usd: 0 },
    agent_type: 'explore',
    tier: 'haiku',
    model: 'm',
    provider: 'anthropic',
    workspace: '/w`',
    lifetime: 'detached',
    created_at: '',
    duration_ms: 1,
    children: [],
  };

  /** What a reader of Markdown takes for text of the document itself. */
  function outsideOfFences(markdown: string): string {
    let fence = '';
    return markdown
      .split('\n')
      .filter((line) => {
        const [mark = ''] = /^`{3,}/.exec(line) ?? [];
        if (fence === '' && mark !== '') {
          fence = mark;
          return false;
        }
        // It is closed by as many marks or more, and nothing after them.
        if (fence !== '' && mark.length >= fence.length && line.trim() === mark) {
          fence = '';
          return false;
        }
        return fence === '';
      })
      .join('\n');
  }

  it('keeps whatever an agent wrote in its fences', () => {
    const nasty = fc
      .array(
        fc.constantFrom('```', '````', '\n', '# CANARY', '![CANARY](http://x)', '~~~', ' ', '`', '\u001b[2J'),
        {
          maxLength: 40,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(nasty, nasty, (said, found) => {
        const events = [
          ask(1, 0),
          replied(1, { type: 'text', text: said }, use('read', { path: said })),
          tried(2, found),
        ];
        const markdown = markdownOf(documentOf({ status, runs: [events], nowMs: 0 }));
        expect(outsideOfFences(markdown)).not.toContain('CANARY');
        expect(markdown).not.toContain('\u001b');
      }),
    );
  });
});
