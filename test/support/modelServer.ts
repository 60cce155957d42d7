/**
 * A model server on loopback (aimock, which speaks the Anthropic API) that plays scripted agents.
 * A script belongs to a marker in the task; which of its steps is played follows from the number of assistant
 * messages in the request. So retries, crashes and any number of agents at once replay the same answers.
 */
import { createHash } from 'node:crypto';
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import type { Json } from '../../workflows/contract';

interface ToolStep {
  name: string;
  input: { [key: string]: Json };
  id?: string;
}
/** One reply of the model: text, tool calls, or both. */
export interface Step {
  text?: string;
  tool?: ToolStep;
  tools?: readonly ToolStep[];
  /** Before the first byte; default that of the script. */
  latencyMs?: number;
  /** Default 100 and 10. aimock reports no cache tokens: see `rawModelServer.ts`. */
  inputTokens?: number;
  outputTokens?: number;
  /** E.g. `max_tokens`, `refusal`; default `tool_use` or `end_turn`. */
  stopReason?: string;
}
/** A function is told its turn (from 0) and what it was sent; it may wait, so that a test can hold an agent. */
type Script = readonly Step[] | ((turn: number, request: ChatCompletionRequest) => Step | Promise<Step>);
export interface ScriptOptions {
  latencyMs?: number;
  /** Text and arguments come in pieces of this many characters, … */
  chunkChars?: number;
  /** … with this pause before each event of the stream. */
  chunkDelayMs?: number;
}
/** Which requests fail, how, and how many of them (default 1). */
interface Failure {
  marker?: string;
  turn?: number;
  times?: number;
  /** An HTTP error … */
  status?: number;
  type?: string;
  message?: string;
  /** Only with 429, where it is 1 by default. */
  retryAfterS?: number;
  /** … or a connection cut after so many events of the stream. */
  dropAfterEvents?: number;
}
type Played = 'reply' | 'error' | 'dropped' | 'unscripted';
interface RecordedRequest {
  marker: string | undefined;
  turn: number;
  atMs: number;
  model: string;
  played: Played;
}
export interface ModelServer {
  readonly url: string;
  /** `''` is the script of all tasks that no other marker names; the longest marker in the task wins. */
  script(marker: string, script: Script, options?: ScriptOptions): void;
  fail(failure: Failure): void;
  /** Every request so far in order of arrival, or those of one marker. */
  requests(marker?: string): RecordedRequest[];
  /** The requests as aimock saw them: headers and converted body, once it began to answer. */
  journal(): ReturnType<LLMock['getRequests']>;
  stop(): Promise<void>;
}

interface Plan {
  turn: number;
  marker: string | undefined;
  failure: Failure | undefined;
}

export async function startModelServer(): Promise<ModelServer> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
  const markers: string[] = [];
  const failures: Array<Failure & { left: number }> = [];
  const requests: RecordedRequest[] = [];
  const plans = new WeakMap<ChatCompletionRequest, Plan>();

  /** Decided once a request, when it arrives; aimock may ask several times. */
  function planOf(request: ChatCompletionRequest): Plan {
    const known = plans.get(request);
    if (known) return known;
    const turn = turnOf(request);
    const marker = longestIn(markers, taskOf(request));
    const failure = failures.find((each) => each.left > 0 && fits(each, marker, turn));
    if (failure) failure.left -= 1;
    const plan = { turn, marker, failure };
    plans.set(request, plan);
    requests.push({ marker, turn, atMs: Date.now(), model: request.model, played: playedBy(plan) });
    return plan;
  }

  function addScript(marker: string, script: Script, options: ScriptOptions, dropAfterEvents?: number): void {
    mock.addFixture({
      match: {
        predicate(request) {
          const plan = planOf(request);
          const errs = plan.failure !== undefined && plan.failure.dropAfterEvents === undefined;
          return plan.marker === marker && !errs && plan.failure?.dropAfterEvents === dropAfterEvents;
        },
      },
      response: (request) => play(marker, planOf(request).turn, script, options, request),
      ...(options.chunkChars === undefined ? {} : { chunkSize: options.chunkChars }),
      ...(options.chunkDelayMs === undefined ? {} : { latency: options.chunkDelayMs }),
      ...(dropAfterEvents === undefined ? {} : { truncateAfterChunks: dropAfterEvents }),
    });
  }

  const cuts = new Set<number>();
  const scripts = new Map<string, { script: Script; options: ScriptOptions }>();
  // First of all fixtures, because a failure may hit a task that has no script.
  mock.addFixture({
    match: { predicate: (request) => playedBy(planOf(request)) === 'error' },
    response: (request) => errorOf(planOf(request).failure),
  });
  mock.addFixture({
    match: { predicate: (request) => playedBy(planOf(request)) === 'unscripted' },
    response: (request) => notScripted(`No script's marker is in the task: ${taskOf(request).slice(0, 100)}`),
  });
  const url = await mock.start();

  return {
    url,
    script(marker, script, options = {}) {
      if (scripts.has(marker)) throw new Error(`There is a script for "${marker}" already.`);
      scripts.set(marker, { script, options });
      markers.push(marker);
      addScript(marker, script, options);
      for (const events of cuts) addScript(marker, script, options, events);
    },
    fail(failure) {
      failures.push({ ...failure, left: failure.times ?? 1 });
      const events = failure.dropAfterEvents;
      if (events === undefined || cuts.has(events)) return;
      // aimock cuts connections by fixture: each script gets a twin that is cut.
      cuts.add(events);
      for (const [marker, { script, options }] of scripts) addScript(marker, script, options, events);
    },
    requests: (marker) => requests.filter((each) => marker === undefined || each.marker === marker),
    journal: () => mock.getRequests(),
    stop: () => mock.stop(),
  };
}

async function play(
  marker: string,
  turn: number,
  script: Script,
  options: ScriptOptions,
  request: ChatCompletionRequest,
): Promise<FixtureResponse> {
  const step = typeof script === 'function' ? await script(turn, request) : script[turn];
  if (!step) return notScripted(`The script "${marker}" has no step for turn ${turn}.`);
  const latencyMs = step.latencyMs ?? options.latencyMs ?? 0;
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  const tools = [...(step.tool ? [step.tool] : []), ...(step.tools ?? [])];
  const toolCalls = tools.map((tool, index) => ({
    id: tool.id ?? toolId(marker, turn, index),
    name: tool.name,
    arguments: JSON.stringify(tool.input),
  }));
  const envelope = {
    usage: { input_tokens: step.inputTokens ?? 100, output_tokens: step.outputTokens ?? 10 },
    ...(step.stopReason === undefined ? {} : { finishReason: step.stopReason }),
  };
  if (toolCalls.length === 0) return { ...envelope, content: step.text ?? '' };
  return step.text === undefined
    ? { ...envelope, toolCalls }
    : { ...envelope, content: step.text, toolCalls };
}

/** The same at every replay, and unique in its conversation. */
function toolId(marker: string, turn: number, index: number): string {
  const hash = createHash('sha256').update(marker).digest('hex').slice(0, 8);
  return `toolu_${hash}_${turn}_${index}`;
}

function errorOf(failure: Failure | undefined): FixtureResponse {
  const {
    status = 500,
    message = 'scripted failure',
    type = TYPES[status] ?? 'api_error',
    retryAfterS,
  } = failure ?? {};
  return {
    error: { message, type },
    status,
    ...(retryAfterS === undefined ? {} : { retryAfter: retryAfterS }),
  };
}

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function notScripted(message: string): FixtureResponse {
  return { error: { message, type: 'invalid_request_error' }, status: 400 };
}

function playedBy({ marker, failure }: Plan): Played {
  if (failure) return failure.dropAfterEvents === undefined ? 'error' : 'dropped';
  return marker === undefined ? 'unscripted' : 'reply';
}

function fits(failure: Failure, marker: string | undefined, turn: number): boolean {
  return (
    (failure.marker === undefined || failure.marker === marker) &&
    (failure.turn === undefined || failure.turn === turn)
  );
}

function turnOf(request: ChatCompletionRequest): number {
  return request.messages.filter((message) => message.role === 'assistant').length;
}

function taskOf(request: ChatCompletionRequest): string {
  const content = request.messages.find((message) => message.role === 'user')?.content;
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

function longestIn(markers: readonly string[], task: string): string | undefined {
  const found = markers.filter((marker) => task.includes(marker));
  return found.reduce<string | undefined>(
    (best, marker) => (best === undefined || marker.length > best.length ? marker : best),
    undefined,
  );
}
