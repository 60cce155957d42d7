import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createOfflineModel } from '../../../../activities/model/offline';
import { openWorkspace, runTool } from '../../../../activities/tools';
import type { Message, ToolResultBlock } from '../../../../workflows/contract';

export const TOOLS = ['list_files', 'read_file', 'search'];
const packages = path.resolve(__dirname, '../../../../node_modules');

/** A copy outside node_modules, which ripgrep would leave out. */
export function copyPackage(source: string): string {
  const root = mkdtempSync(path.join(tmpdir(), 'scout-'));
  cpSync(path.join(packages, source), root, { recursive: true });
  return root;
}

export const remove = (root: string): void => rmSync(root, { recursive: true, force: true });

export interface Scouted {
  answer: string;
  turns: number;
  calls: number;
  conversation: Message[];
  /** `path:line` of the best matches, in order. */
  cited: string[];
}

/** The agent's loop in miniature: the model, its tools, until it ends its turn. */
export async function scout(
  root: string,
  task: string,
  tools = TOOLS,
  earlier: Message[] = [],
): Promise<Scouted> {
  const model = createOfflineModel();
  const workspace = await openWorkspace(root);
  const { signal } = new AbortController();
  const messages: Message[] = [...earlier];
  let calls = 0;
  for (let turn = 1; turn <= 8; turn++) {
    const head = { instructions: '', tools, task, workspace: root, maxOutputTokens: 1_000 };
    const request = { model: 'offline', head, messages, tools: [] };
    const reply = await model.call(request, { signal });
    messages.push({ role: 'assistant', blocks: reply.blocks });
    const uses = reply.blocks.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
    calls += uses.length;
    if (uses.length === 0) {
      const answer = reply.blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
      return { answer, turns: turn, calls, conversation: messages, cited: citations(answer) };
    }
    const results = await Promise.all(
      uses.map(async ({ id, name, input }): Promise<ToolResultBlock> => {
        const { text, isError } = await runTool(name, input, { workspace, signal }, tools);
        return { type: 'tool_result', toolUseId: id, text, isError };
      }),
    );
    messages.push({ role: 'user', blocks: results });
  }
  throw new Error('the scout did not come to an end');
}

const citations = (answer: string): string[] =>
  [...answer.matchAll(/^- (.+?:\d+) \(/gm)].flatMap(([, place]) => (place === undefined ? [] : [place]));
