/** From what was recorded to what happened, in its order. A history holds every call whole, also those that the agent has forgotten. */
import type { Json, Usage } from '../../workflows/contract';
import { addUsage, NO_USAGE } from '../../workflows/usage';
import { type Call, type Calls, callsIn } from './calls';
import type { Recorded } from './recorded';
import {
  carriedState,
  modelCall,
  modelReply,
  sentMessage,
  summaryCall,
  summaryReply,
  type ToolUse,
} from './shapes';
import { type ExportedToolCall, toolCallsOf } from './toolCalls';

interface Timed {
  at: string;
  duration_ms?: number;
  /** Only where it had to be tried again. */
  attempts?: number;
}

export type Entry =
  | ({
      kind: 'turn';
      turn: number;
      model: string;
      /** Why the model stopped; `aborted`: it was stopped. */
      stop: string;
      text: string;
      tool_calls: ExportedToolCall[];
      usage: Usage;
    } & Timed)
  | ({ kind: 'summary'; model: string; text: string; usage: Usage } & Timed)
  | { kind: 'message'; at: string; text: string }
  | { kind: 'stop'; at: string; reason: string; note?: string }
  | { kind: 'fault'; at: string; what: string; message: string }
  | { kind: 'ended'; at: string; how: string }
  /** What came before is no longer kept: this is the conversation as it was handed on, perhaps shortened. */
  | { kind: 'carried'; at: string; messages: { role: string; text: string }[] };

/** @param runs what each run recorded, oldest first; @param tools that the agent had */
export function transcriptOf(runs: readonly (readonly Recorded[])[], tools: readonly string[]): Entry[] {
  return runs.flatMap((events, index) => {
    const entries = [...entriesOfCalls(callsIn(events), tools), ...events.flatMap(entryOf)];
    const carried = index === 0 ? carriedInto(events[0]) : [];
    return [...carried, ...entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))];
  });
}

/** What every model took; the same names as in a status. */
export function usageByModel(entries: readonly Entry[]): { model: string; usage: Usage }[] {
  const sums = new Map<string, Usage>();
  for (const entry of entries)
    if (entry.kind === 'turn' || entry.kind === 'summary')
      sums.set(entry.model, addUsage(sums.get(entry.model) ?? NO_USAGE, entry.usage));
  return [...sums].map(([model, usage]) => ({ model, usage }));
}

/** What the agent said in its last turn that was none of its tools'. */
export function lastText(entries: readonly Entry[]): string {
  const last = entries.findLast((entry) => entry.kind === 'turn' && entry.text.trim() !== '');
  return last?.kind === 'turn' ? last.text : '';
}

function entriesOfCalls(calls: Calls, tools: readonly string[]): Entry[] {
  return calls.all.flatMap((call, index) => {
    if (!call.end) return [];
    if ('why' in call.end) return [fault(call, call.end)];
    const later = calls.all.slice(index + 1).find(({ activity }) => activity === 'callModel');
    if (call.activity === 'callModel')
      return turnOf(call, later?.seq ?? Number.POSITIVE_INFINITY, calls, tools);
    return call.activity === 'summarise' ? summaryOf(call) : [];
  });
}

function turnOf(call: Call, nextSeq: number, calls: Calls, tools: readonly string[]): Entry[] {
  const asked = modelCall.safeParse(call.argument).data;
  const reply = modelReply.safeParse(resultOf(call)).data;
  if (!asked || !reply) return [];
  const texts = reply.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  const uses = reply.blocks.filter((block): block is ToolUse => block.type === 'tool_use');
  return [
    {
      kind: 'turn',
      turn: asked.progress.turn + 1,
      ...timingOf(call),
      model: asked.model,
      stop: reply.stop,
      text: texts.join(''),
      tool_calls: toolCallsOf(uses, { seq: call.seq, nextSeq }, calls, tools),
      usage: reply.usage,
    },
  ];
}

function summaryOf(call: Call): Entry[] {
  const asked = summaryCall.safeParse(call.argument).data;
  const reply = summaryReply.safeParse(resultOf(call)).data;
  return asked && reply ? [{ kind: 'summary', ...timingOf(call), model: asked.model, ...reply }] : [];
}

function resultOf({ end }: Call): unknown {
  return end && 'result' in end ? end.result : undefined;
}

function fault({ activity }: Call, end: { atMs: number; why: string }): Entry {
  return { kind: 'fault', at: iso(end.atMs), what: activity, message: end.why };
}

function timingOf({ askedAtMs, begunAtMs, attempts, end }: Call): Timed {
  return {
    at: iso(begunAtMs ?? askedAtMs),
    ...(end ? { duration_ms: Math.max(0, end.atMs - (begunAtMs ?? askedAtMs)) } : {}),
    ...(attempts > 1 ? { attempts } : {}),
  };
}

/** How an agent is stopped is said by the signal of the same name; what else is sent to it, and has a text, is a message. */
function entryOf(event: Recorded): Entry[] {
  const at = iso(event.atMs);
  if (event.kind === 'ended') return [{ kind: 'ended', at, how: event.how }];
  if (event.kind !== 'told') return [];
  const [first, second] = event.args;
  if (event.name === 'stop' && typeof first === 'string')
    return [{ kind: 'stop', at, reason: first, ...(typeof second === 'string' ? { note: second } : {}) }];
  const message = sentMessage.safeParse(first).data;
  return message ? [{ kind: 'message', at, text: message.text }] : [];
}

function carriedInto(event: Recorded | undefined): Entry[] {
  if (event?.kind !== 'started') return [];
  const { data } = carriedState.safeParse(event.args[1]);
  if (!data) return [];
  const messages = data.state.messages.map(({ role, blocks }) => ({
    role,
    text: blocks.flatMap(told).join('\n'),
  }));
  return [{ kind: 'carried', at: iso(event.atMs), messages: messages.filter(({ text }) => text !== '') }];
}

function told(block: { type: string; text?: string; name?: string; input?: Json }): string[] {
  if (block.text !== undefined) return [block.text];
  return block.name === undefined ? [] : [`[tool] ${block.name} ${JSON.stringify(block.input)}`];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
