/**
 * An export for people. Whatever an agent, a file or a caller wrote stands in a fence longer than any within it: nothing in it
 * can become a heading, a link or an image, which some viewers would load from wherever it points.
 */

import { oneLine } from '../../workflows/text';
import { plainText } from '../agents/plain';
import type { ExportDocument } from './document';
import type { ExportedToolCall } from './toolCalls';

type Entry = ExportDocument['transcript'][number];

export function markdownOf(document: ExportDocument): string {
  const { agent, input, answer, transcript, notes } = document;
  const parts = [
    `# Agent ${agent.agent_id}`,
    factsOf(document),
    '## Task',
    fenced(input?.task ?? 'No longer kept.'),
    ...(answer === null ? [] : ['## Answer', fenced(answer)]),
    ...(agent.error ? ['## Ending', fenced(agent.error.message)] : []),
    '## Transcript',
    ...transcript.flatMap(partsOf),
    ...(transcript.length === 0 ? ['Nothing was recorded.'] : []),
    ...(input ? ['## Instructions', fenced(input.instructions)] : []),
    ...(notes.length > 0 ? ['## Notes', notes.map((note) => `- ${note}`).join('\n')] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function factsOf({
  agent,
  usage_by_model: byModel,
  exported_at: at,
  exported_by: by,
}: ExportDocument): string {
  const { usage, progress } = agent;
  const reason = agent.reason === undefined ? '' : ` (${agent.reason})`;
  const facts: [string, string][] = [
    ['status', `**${agent.status}**${reason}`],
    ...(agent.name === undefined ? [] : [['name', code(agent.name)] satisfies [string, string]]),
    ['type', `${code(agent.agent_type)}, ${agent.tier}, ${code(agent.model)}, ${agent.provider}`],
    ['workspace', code(agent.workspace)],
    ['created', agent.created_at],
    ...(agent.finished_at === undefined
      ? []
      : [
          ['finished', `${agent.finished_at}, after ${seconds(agent.duration_ms)}`] satisfies [
            string,
            string,
          ],
        ]),
    ['turns', `${progress.turn} of at most ${progress.max_turns}, ${progress.tool_calls} tool calls`],
    ['tokens', tokens(usage)],
    ...(byModel.length > 1
      ? byModel.map(({ model, ...took }): [string, string] => [code(model), tokens(took)])
      : []),
    ['exported', `${at} by ${by}`],
  ];
  return facts.map(([name, fact]) => `- ${name}: ${fact}`).join('\n');
}

function partsOf(entry: Entry): string[] {
  switch (entry.kind) {
    case 'turn':
      return [
        `### Turn ${entry.turn}`,
        `${entry.at}, ${seconds(entry.duration_ms ?? 0)}, ${code(entry.model)}, ${tokens(entry.usage)}${tries(entry.attempts)}${ending(entry.stop)}`,
        ...(entry.text === '' ? [] : [fenced(entry.text)]),
        ...entry.tool_calls.flatMap(toolParts),
      ];
    case 'summary':
      return [
        '### Summary of its older turns',
        `${entry.at}, ${code(entry.model)}, ${tokens(entry.usage)}`,
        fenced(entry.text),
      ];
    case 'message':
      return ['### Message to it', entry.at, fenced(entry.text)];
    case 'stop':
      return [
        '### Told to stop',
        `${entry.at}, ${code(entry.reason)}`,
        ...(entry.note ? [fenced(entry.note)] : []),
      ];
    case 'fault':
      return ['### A call failed', `${entry.at}, ${code(entry.what)}`, fenced(entry.message)];
    case 'ended':
      return ['### Ended from outside', `${entry.at}, ${entry.how}`];
    case 'carried':
      return [
        '### Before',
        ...entry.messages.flatMap(({ role, text }) => [
          role === 'user' ? 'It was told:' : 'It said:',
          fenced(text),
        ]),
      ];
  }
}

function toolParts({
  name,
  input,
  malformed_input: malformed,
  result,
  is_error: isError,
}: ExportedToolCall): string[] {
  const call = malformed ?? JSON.stringify(input);
  const said = result === undefined ? ': not run to its end' : isError ? ': failed' : '';
  return [
    `Tool ${code(name)}${said}`,
    fenced(call, 'json'),
    ...(result === undefined ? [] : [fenced(result)]),
  ];
}

/** Longer than any run of backticks in it, so that none of it can end the fence. */
function fenced(text: string, info = 'text'): string {
  const plain = plainText(text).replace(/\n+$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(plain) + 1));
  return `${fence}${info}\n${plain}\n${fence}`;
}

function code(text: string): string {
  const plain = oneLine(plainText(text), 300);
  const ticks = '`'.repeat(longestRun(plain) + 1);
  const pad = plain === '' || plain.startsWith('`') || plain.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${plain}${pad}${ticks}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}

function tokens(usage: ExportDocument['agent']['usage']): string {
  const taken = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  return `${taken} in, ${usage.output_tokens} out, $${usage.cost_usd.toFixed(4)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function tries(attempts: number | undefined): string {
  return attempts === undefined ? '' : `, ${attempts} attempts`;
}

function ending(stop: string): string {
  return stop === 'end_turn' || stop === 'tool_use' ? '' : `, ended with ${code(stop)}`;
}
