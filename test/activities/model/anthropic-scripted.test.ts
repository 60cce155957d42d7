import { createAnthropicModel } from '../../../activities/model/anthropic';
import type { Model, ModelAnswer } from '../../../activities/model/model';
import type { Message } from '../../../workflows/contract';
import { type ModelServer, startModelServer } from '../../support/modelServer';

let server: ModelServer;
let model: Model;
beforeEach(async () => {
  server = await startModelServer();
  model = createAnthropicModel({ apiKey: 'k', baseUrl: server.url });
});
afterEach(() => server.stop());

function call(messages: Message[], abortAt?: (text: string) => boolean): Promise<ModelAnswer> {
  const abort = new AbortController();
  const onText = (text: string) => {
    if (abortAt?.(text)) abort.abort();
  };
  const head = { instructions: 'Read.', tools: [], task: 't', workspace: '/', maxOutputTokens: 100 };
  return model.call(
    { model: 'claude-haiku-5-5', head, messages, tools: [] },
    { signal: abort.signal, onText },
  );
}
const task = (text: string): Message => ({ role: 'user', blocks: [{ type: 'text', text }] });

/** The least loop that there is: calls the model until it ends its turn, and retries what is retryable. */
async function runAgent(text: string): Promise<Message[]> {
  const messages = [task(text)];
  for (;;) {
    const answer = await callWithRetries(messages);
    messages.push({ role: 'assistant', blocks: answer.blocks });
    if (answer.stop !== 'tool_use') return messages;
    const results = answer.blocks.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ type: 'tool_result' as const, toolUseId: block.id, text: 'ok', isError: false }]
        : [],
    );
    messages.push({ role: 'user', blocks: results });
  }
}
async function callWithRetries(messages: Message[]): Promise<ModelAnswer> {
  for (;;) {
    try {
      return await call([...messages]);
    } catch (error) {
      if (!(error instanceof Error && 'nonRetryable' in error && error.nonRetryable === false)) throw error;
    }
  }
}

it('plays many agents at once, each by its own script, and the same again on a retry', async () => {
  const markers = Array.from({ length: 25 }, (_, i) => `agent ${i}`);
  for (const marker of markers) {
    const step = (name: string) => ({ tool: { name, input: { path: marker } } });
    server.script(
      marker,
      [{ text: 'First.', ...step('list_files') }, step('read_file'), { text: `${marker} done` }],
      {
        latencyMs: 5,
      },
    );
  }
  const runs = await Promise.all(markers.map((marker) => runAgent(`Task of ${marker}`)));
  const again = await runAgent('Task of agent 7');
  expect(again).toEqual(runs[7]);
  for (const [i, marker] of markers.entries()) {
    expect(runs[i]?.at(-1)?.blocks).toEqual([{ type: 'text', text: `${marker} done` }]);
    const turns = server.requests(marker).map((each) => each.turn);
    expect(turns).toEqual(i === 7 ? [0, 1, 2, 0, 1, 2] : [0, 1, 2]);
  }
  const ids = JSON.stringify(runs).match(/toolu_\w+/g) ?? [];
  expect(new Set(ids).size).toBe(50);
});

it('fails as often as it is told, and drops connections, before it plays on', async () => {
  server.fail({ marker: 'flaky', turn: 1, dropAfterEvents: 3, times: 2 });
  server.script('flaky', [{ tool: { name: 'x', input: {} } }, { text: 'done' }]);
  server.fail({ marker: 'flaky', turn: 0, status: 529 });
  server.fail({ marker: 'flaky', turn: 0, status: 429, retryAfterS: 2 });
  const messages = await runAgent('flaky task');
  expect(messages.at(-1)?.blocks).toEqual([{ type: 'text', text: 'done' }]);
  expect(server.requests('flaky').map(({ turn, played }) => `${turn} ${played}`)).toEqual([
    '0 error',
    '0 error',
    '0 reply',
    '1 dropped',
    '1 dropped',
    '1 reply',
  ]);
});

it('hands on what a rate limit asks for', async () => {
  server.fail({ status: 429, retryAfterS: 7 });
  await expect(call([task('any')])).rejects.toMatchObject({
    type: 'retryable',
    nextRetryDelay: 7_000,
    details: [{ kind: 'rate_limited', status: 429, type: 'rate_limit_error', retryAfterMs: 7_000 }],
  });
});

it('counts tokens and names the way to stop as scripted', async () => {
  server.script('cut', [{ text: 'x', stopReason: 'max_tokens', inputTokens: 3, outputTokens: 4 }]);
  expect(await call([task('cut')])).toMatchObject({
    stop: 'max_tokens',
    tokens: { inputTokens: 3, outputTokens: 4 },
  });
});

it('streams slowly when told to, so that a call can be aborted in the middle', async () => {
  server.script('slow', [{ text: 'x'.repeat(200) }], { chunkChars: 10, chunkDelayMs: 15 });
  const answer = await call([task('slow')], (text) => text.length >= 50);
  expect(answer.stop).toBe('aborted');
  expect(answer.blocks).toEqual([{ type: 'text', text: expect.stringMatching(/^x{50,190}$/) }]);
});

it('lets a script compute its steps, and a test hold an agent', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  server.script('', async (turn, request) => {
    await gate;
    return { text: `turn ${turn}, ${request.messages.length} messages` };
  });
  const answer = call([task('held')]);
  while (server.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  release();
  expect((await answer).blocks).toEqual([{ type: 'text', text: 'turn 0, 2 messages' }]);
});

it('says what is missing when a task has no script, or no step for its turn', async () => {
  server.script('short', []);
  await expect(call([task('short')])).rejects.toMatchObject({
    message: expect.stringContaining('no step for turn 0'),
  });
  await expect(call([task('other')])).rejects.toMatchObject({
    message: expect.stringContaining('No script'),
  });
  expect(server.requests().map((each) => each.played)).toEqual(['reply', 'unscripted']);
});
