import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { createOfflineModel, OFFLINE_NOTICE } from '../../../../activities/model/offline';
import { nextStep } from '../../../../activities/model/offline/scout';
import { findTool } from '../../../../activities/tools';
import type { Message } from '../../../../workflows/contract';
import { remove, scout, TOOLS } from './harness';

const project = path.resolve(__dirname, '../../../..');
const DEMO = 'Where is cancellation handled, and what happens to partial output?';

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scout-'));
  writeFileSync(path.join(root, 'shapes.py'), 'class Circle:\n    def area_of(self):\n        return 3\n');
  writeFileSync(path.join(root, 'main.py'), 'from shapes import Circle\n\nprint(Circle().area_of())\n');
  writeFileSync(path.join(root, 'odd (1).js'), 'function $weird() {}\nexports.weirdest = $weird\n');
});
afterAll(() => remove(root));

const headOf = (task: string, tools = TOOLS) => ({
  instructions: '',
  tools,
  task,
  workspace: root,
  maxOutputTokens: 1_000,
});

describe('an answer', () => {
  it('says in its first line that no language model is at work, and how to get one', async () => {
    const { answer } = await scout(root, 'Where is area_of defined?');
    const [first] = answer.split('\n');
    expect(first).toBe(OFFLINE_NOTICE);
    expect(first).toMatch(/no language model.*ANTHROPIC_API_KEY.*bga config set-key/);
  });

  it('cites definitions first, uses first, or both, as asked', async () => {
    expect((await scout(root, 'Where is area_of defined?')).cited[0]).toBe('shapes.py:2');
    expect((await scout(root, 'Who calls area_of?')).cited[0]).toBe('main.py:3');
    expect((await scout(root, 'area_of')).cited).toEqual(['shapes.py:2', 'main.py:3']);
  });

  it('finds names with characters that mean something in a pattern', async () => {
    expect((await scout(root, 'Where is $weird defined?')).cited[0]).toBe('odd (1).js:1');
  });

  it('shows what a file defines when the task names only the file', async () => {
    const { answer, cited } = await scout(root, 'What is in shapes.py?');
    expect(cited).toContain('shapes.py:1');
    expect(answer).toContain('1  class Circle:');
    expect(answer).not.toContain('No line');
  });

  it('shows the lines around what it cites, and stays short', async () => {
    const { answer, turns } = await scout(root, 'Where is area_of defined?');
    expect(answer).toContain('> 2      def area_of(self):');
    expect(turns).toBeLessThanOrEqual(5);
    expect(answer.split('\n').length).toBeLessThan(60);
  });

  it('says what it did not find', async () => {
    const { answer, cited } = await scout(root, 'Where is frobnicateAll defined?');
    expect(cited).toEqual([]);
    expect(answer).toContain('Not found: `frobnicateAll`');
  });

  it('says what it cannot do', async () => {
    expect((await scout(root, 'Implement a Square next to Circle')).answer).toContain(
      'cannot write or change code',
    );
    expect((await scout(root, 'Review shapes.py for bugs')).answer).toContain('cannot judge code');
  });

  it('lists the workspace when the task has no words to search for', async () => {
    const { answer } = await scout(root, '???');
    expect(answer).toContain('- shapes.py');
  });

  it('says so when it may not search', async () => {
    const { answer, calls } = await scout(root, 'Where is area_of defined?', []);
    expect(calls).toBe(0);
    expect(answer).toContain('has no tool for it');
  });
});

describe('the project itself', () => {
  it('is searched for the example of the README', async () => {
    const { answer, cited } = await scout(project, DEMO);
    expect(cited.length).toBeGreaterThanOrEqual(5);
    const matches = answer
      .split('\n')
      .filter((line) => /^- \S+:\d+ \(/.test(line))
      .slice(0, 5);
    expect(matches.filter((line) => /cancel|abort|kill/i.test(line)).length).toBeGreaterThanOrEqual(2);
    expect(matches.filter((line) => /output|partial/i.test(line)).length).toBeGreaterThanOrEqual(1);
    expect(answer.slice(answer.indexOf('Best matches'), answer.indexOf('Searched for'))).not.toContain(DEMO);
    expect(answer.split('\n').length).toBeLessThan(60);
  });
});

describe('a conversation', () => {
  it('is all that a reply depends on', async () => {
    const { conversation } = await scout(root, 'Where is area_of defined?');
    const head = headOf('Where is area_of defined?');
    conversation.forEach((message, index) => {
      if (message.role !== 'assistant') return;
      const messages = conversation.slice(0, index);
      const { text, calls } = nextStep({ head, messages });
      const expected = [{ type: 'text', text }, ...calls.map((call) => ({ type: 'tool_use', ...call }))];
      expect(message.blocks).toEqual(expected);
    });
  });

  it('has a call id only once, also after it is continued', async () => {
    const first = await scout(root, 'Where is area_of defined?');
    const asked: Message = { role: 'user', blocks: [{ type: 'text', text: 'And who uses Circle?' }] };
    const second = await scout(root, 'Where is area_of defined?', TOOLS, [...first.conversation, asked]);
    const ids = second.conversation.flatMap((message) =>
      message.role === 'assistant'
        ? message.blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
        : [],
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(second.cited[0]).toBe('main.py:3');
  });

  it('asks for the task alone, not for where the workspace is', () => {
    const first: Message = {
      role: 'user',
      blocks: [{ type: 'text', text: 'area_of\n\nWorkspace: /srv/zebra' }],
    };
    const calls = JSON.stringify(nextStep({ head: headOf('area_of'), messages: [first] }));
    expect(calls).toContain('area_of');
    expect(calls).not.toContain('zebra');
  });

  it('takes advice beside tool results for no new question', () => {
    const first: Message = { role: 'user', blocks: [{ type: 'text', text: 'area_of' }] };
    const step = nextStep({ head: headOf('area_of'), messages: [first] });
    const uses = step.calls.map((call) => ({ type: 'tool_use' as const, ...call }));
    const results = uses.map(({ id }) => ({
      type: 'tool_result' as const,
      toolUseId: id,
      text: 'shapes.py:2:     def area_of(self):',
      isError: false,
    }));
    const advised: Message = {
      role: 'user',
      blocks: [...results, { type: 'text', text: 'This is your last turn: call no more tools.' }],
    };
    const plain: Message = { role: 'user', blocks: results };
    const stepAfter = (last: Message) =>
      nextStep({ head: headOf('area_of'), messages: [first, { role: 'assistant', blocks: uses }, last] });
    expect(stepAfter(advised)).toEqual(stepAfter(plain));
  });

  it('may have lost the results of its calls', () => {
    const head = headOf('Where is area_of defined?');
    const { text, calls } = nextStep({ head, messages: [] });
    const blocks = [
      { type: 'text' as const, text },
      ...calls.map((call) => ({ type: 'tool_use' as const, ...call })),
    ];
    expect(() => nextStep({ head, messages: [{ role: 'assistant', blocks }] })).not.toThrow();
  });
});

describe('any task whatever', () => {
  const task = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.stringMatching(/^[\\^$.*+?()[\]{}|`"'\w \n-]{0,200}$/),
  );

  it('gives calls that the tools accept', async () => {
    await fc.assert(
      fc.asyncProperty(task, async (text) => {
        const { calls, answer } = await scout(root, text);
        expect(calls).toBeLessThan(20);
        expect(answer).not.toMatch(/^(?:search|list_files|read_file) failed/m);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['100,000 characters', 'alpha beta '.repeat(9_100)],
    ['one word of 100,000 characters', 'x'.repeat(100_000)],
    ['100,000 brackets', '(['.repeat(50_000)],
    ['100,000 quotes', `'"\``.repeat(33_333)],
    ['another language', 'Где определена функция area_of? 在哪里定义'],
    [
      'a long list of long names',
      Array.from({ length: 50 }, (_, n) => `${'veryLongName'.repeat(6)}${n}`).join(' '),
    ],
  ])('%s is answered', async (_, text) => {
    const { answer } = await scout(root, text);
    expect(answer.startsWith(OFFLINE_NOTICE)).toBe(true);
    expect(answer).not.toMatch(/failed:/);
    expect(answer.length).toBeLessThan(8_000);
  });
});

describe('the model', () => {
  const request = { model: 'offline', head: headOf('Where is area_of defined?'), messages: [], tools: [] };

  it('counts no tokens, and calls only tools that exist', async () => {
    const reply = await createOfflineModel().call(request, { signal: new AbortController().signal });
    expect(reply.stop).toBe('tool_use');
    expect(reply.tokens).toEqual({
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    });
    for (const block of reply.blocks)
      if (block.type === 'tool_use') expect(findTool(block.name)).toBeDefined();
  });

  it('hands its text over as it grows', async () => {
    const seen: string[] = [];
    const { blocks } = await createOfflineModel().call(request, {
      signal: new AbortController().signal,
      onText: (text) => seen.push(text),
    });
    expect(seen.length).toBeGreaterThan(2);
    for (const [index, text] of seen.entries()) expect(text.startsWith(seen[index - 1] ?? '')).toBe(true);
    expect(blocks[0]).toEqual({ type: 'text', text: seen.at(-1) });
  });

  it('gives back what it had said when it is aborted', async () => {
    const controller = new AbortController();
    const { blocks, stop } = await createOfflineModel().call(request, {
      signal: controller.signal,
      onText: () => controller.abort(),
    });
    expect(stop).toBe('aborted');
    expect(blocks).toEqual([
      { type: 'text', text: OFFLINE_NOTICE.slice(0, blocks[0]?.type === 'text' ? blocks[0].text.length : 0) },
    ]);
  });

  it('says nothing when it was aborted before', async () => {
    const reply = await createOfflineModel().call(request, { signal: AbortSignal.abort() });
    expect(reply).toMatchObject({ blocks: [], stop: 'aborted' });
  });
});
