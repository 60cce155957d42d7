/** The scripted model of both sides: it answers at once, and finds its turn in the conversation it is given. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Model } from '../activities/model/model';
import { openWorkspace, runTool } from '../activities/tools';
import type { Message } from '../workflows/contract';

/** The files that agents read, one line more at each turn, so that no call repeats another: of a few lines, and of 8 KB. */
export const NOTES_FILE = 'notes.txt';
export const SOURCE_FILE = 'source.js';
const ANSWER = 'The notes say what was expected of them.';
/** Longer than any run of the benchmark. */
const HOLD_MS = 3_600_000;

/** A task of so many model turns, each but the last with one tool call, by a model that takes so long to answer. */
export function taskOf(turns: number, latencyMs = 0, file = NOTES_FILE): string {
  return `Benchmark: read ${file} in ${turns} turns of ${latencyMs} ms.`;
}

/** A task whose first model call does not come back, so that its agent stays running. */
export const HOLD_TASK = 'Benchmark: hold.';

export interface Step {
  text: string;
  call?: { id: string; name: string; input: { path: string; from_line: number } };
}

export async function nextStep(task: string, repliesSoFar: number, signal: AbortSignal): Promise<Step> {
  if (task.startsWith(HOLD_TASK)) await delay(HOLD_MS, undefined, { signal, ref: false });
  const [, path = NOTES_FILE, turns = '1', latencyMs = '0'] =
    /read (\S+) in (\d+) turns of (\d+) ms/.exec(task) ?? [];
  if (latencyMs !== '0') await delay(Number(latencyMs), undefined, { signal });
  const turn = repliesSoFar + 1;
  if (turn >= Number(turns)) return { text: ANSWER };
  const input = { path, from_line: turn };
  return { text: `Reading on from line ${turn}.`, call: { id: `call_${turn}`, name: 'read_file', input } };
}

const TOKENS = { inputTokens: 100, outputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0 };

export const scriptedModel: Model = {
  async call({ messages }, { signal }) {
    const replies = messages.filter((message) => message.role === 'assistant').length;
    const { text, call } = await nextStep(taskText(messages[0]), replies, signal);
    return {
      blocks: [{ type: 'text', text }, ...(call ? [{ type: 'tool_use' as const, ...call }] : [])],
      stop: call ? 'tool_use' : 'end_turn',
      tokens: TOKENS,
    };
  },
};

function taskText(message: Message | undefined): string {
  const [block] = message?.blocks ?? [];
  return block?.type === 'text' ? block.text : '';
}

/** The floor: the same work as plain promises in this process, with nothing kept anywhere. */
export async function inProcess(task: string, root: string): Promise<string> {
  const { signal } = new AbortController();
  for (let replies = 0; ; replies += 1) {
    const { text, call } = await nextStep(task, replies, signal);
    if (!call) return text;
    await runTool(call.name, call.input, { workspace: await openWorkspace(root, {}), signal });
  }
}
