import { type Span, TraceFlags } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { ModelRequest } from '../../activities/model/model';
import { traceparentIn } from '../../src/agents/traceparent';
import { endingAttributes } from '../../src/traces/agent';
import { capturesContent, contentOfRequest } from '../../src/traces/content';
import { AgentIds, reopenedIds, rootIds } from '../../src/traces/ids';
import { seldom } from '../../src/traces/seldom';
import { areTraced } from '../../src/traces/start';
import { AgentTracer } from '../../src/traces/tracer';
import type { Ending } from '../../workflows/announcing';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

it.each([
  [{}, false],
  [{ OTEL_SERVICE_NAME: 'mine' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  [endpoint, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://collector:4318/v1/metrics' }, false],
  [{ ...endpoint, OTEL_SDK_DISABLED: 'true' }, false],
  [{ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ ...endpoint, OTEL_TRACES_EXPORTER: 'otlp' }, true],
])('with %j agents are traced: %s', (env, expected) => {
  expect(areTraced(env)).toBe(expected);
});

it('captures no content unless it is asked for', () => {
  const capture = (value: string) =>
    capturesContent({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value });
  expect(capturesContent({})).toBe(false);
  expect(['', 'false', 'no_content', 'event_only'].map(capture)).toEqual([false, false, false, false]);
  expect(['true', 'SPAN_ONLY', 'span_and_event'].map(capture)).toEqual([true, true, true]);
});

it('writes a conversation as the conventions have it', () => {
  const call = { type: 'tool_use' as const, id: 'toolu_1', name: 'read_file', input: { path: 'a.txt' } };
  const request: ModelRequest = {
    model: 'm',
    head: { instructions: 'be brief', tools: [], task: 't', workspace: '/w', maxOutputTokens: 10 },
    tools: [],
    messages: [
      { role: 'user', blocks: [{ type: 'text', text: 'what is in a?' }] },
      { role: 'assistant', blocks: [{ type: 'opaque', raw: 'thought' }, call] },
      {
        role: 'user',
        blocks: [{ type: 'tool_result', toolUseId: 'toolu_1', text: 'alpha', isError: false }],
      },
    ],
  };
  const parsed = Object.entries(contentOfRequest(request)).map(([key, json]) => [
    key,
    JSON.parse(String(json)),
  ]);
  expect(Object.fromEntries(parsed)).toEqual({
    'gen_ai.system_instructions': [{ type: 'text', content: 'be brief' }],
    'gen_ai.input.messages': [
      { role: 'user', parts: [{ type: 'text', content: 'what is in a?' }] },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'toolu_1', name: 'read_file', arguments: { path: 'a.txt' } }],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'toolu_1', result: 'alpha' }] },
    ],
  });
});

it('derives the same ids from an agent in every process, and others for each time that it goes on', () => {
  const root = rootIds('explore-7m2k9qd4x0tz');
  expect(root).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(rootIds('explore-7m2k9qd4x0tz')).toEqual(root);
  const spans = [root, ...[1, 2].map((times) => reopenedIds('explore-7m2k9qd4x0tz', times))];
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(3);
  expect(rootIds('explore-000000000000').traceId).not.toBe(root.traceId);
});

it('keeps all of a trace or nothing of it, whichever process decides', () => {
  const kept = (agentId: string, spanOf: (tracer: AgentTracer) => Span): boolean => {
    // As in a process of its own.
    const ids = new AgentIds();
    const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) });
    const tracer = new AgentTracer(
      new BasicTracerProvider({ idGenerator: ids, sampler }).getTracer('test'),
      ids,
    );
    const { traceId, traceFlags } = spanOf(tracer).spanContext();
    expect(traceId).toBe(rootIds(agentId).traceId);
    return traceFlags === TraceFlags.SAMPLED;
  };
  const decisions = Array.from({ length: 40 }, (_, index) => {
    const agentId = `explore-${index}`;
    const root = kept(agentId, (tracer) => tracer.root(agentId, 'root', {}));
    expect(kept(agentId, (tracer) => tracer.child(agentId, 'child', {}))).toBe(root);
    expect(kept(agentId, (tracer) => tracer.reopened(agentId, 1, 'again', {}))).toBe(root);
    return root;
  });
  expect(new Set(decisions).size).toBe(2);
});

it('counts what went through the cache as input, and only what was used since the agent went on', () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 100,
    cacheWriteTokens: 20,
    costUsd: 0.5,
  };
  const ending: Ending = {
    agentType: 'explore',
    provider: 'anthropic',
    session: 's',
    createdAtMs: 1,
    finishedAtMs: 2,
    progress: { startedAtMs: 1, turn: 3, toolCalls: 2, usage },
    outcome: { status: 'completed', reason: 'answered' },
    served: { tier: 'haiku', model: 'm' },
  };
  expect(endingAttributes('explore-1', ending)).toMatchObject({
    'gen_ai.usage.input_tokens': 130,
    'gen_ai.usage.output_tokens': 5,
    'gen_ai.usage.cache_read.input_tokens': 100,
    'gen_ai.usage.cache_creation.input_tokens': 20,
  });
  const before = { ...usage, cacheReadTokens: 40, outputTokens: 1, costUsd: 0.25 };
  const again = endingAttributes('explore-1', { ...ending, reopened: { times: 1, atMs: 1, usage: before } });
  expect(again).toMatchObject({
    'gen_ai.usage.input_tokens': 60,
    'gen_ai.usage.output_tokens': 4,
    'background_agents.cost_usd': 0.25,
  });
});

it('complains once in five minutes, and says how often it did not', () => {
  const said: string[] = [];
  let nowMs = 0;
  const tell = seldom(
    (text) => said.push(text),
    () => nowMs,
  );
  for (let time = 0; time < 3; time += 1) tell('down');
  nowMs = 5 * 60_000;
  tell('down');
  expect(said).toEqual(['down', 'down (and 2 times since the last such line)']);
});

it.each([
  [`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, true],
  [`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, false],
  [`00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`, false],
  [`ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, false],
  ['', false],
  [undefined, false],
  [7, false],
])('takes %j for the trace of a caller: %s', (given, isOne) => {
  expect(traceparentIn(given)).toEqual(isOne ? { traceparent: given } : {});
});
