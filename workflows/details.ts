/** What Temporal's Web UI shows of an agent, in Markdown. */
import type { AgentInput, AgentSnapshot } from './contract';
import type { Log } from './output';
import { cutChars, oneLine } from './text';
import { inputTotal } from './usage';

const SHOWN_LINES = 12;

/** The Web UI measures its frame a line or two too short. */
const ROOM = ['', '\u00a0', '', '\u00a0'];

/** Of the task, as it was given. */
const SHOWN_TASK_CHARS = 4_000;

/** What is fixed at its start: shown without a worker, too. */
export function givenDetails(input: AgentInput): string {
  const { limits } = input;
  const task = cutChars(input.task, SHOWN_TASK_CHARS);
  return [
    `- type **${input.agentType}**, ${input.tier}, \`${input.model}\` (${input.provider})`,
    `- at most ${limits.maxTurns} turns and ${Math.round(limits.timeoutMs / 1000)} s`,
    `- workspace ${code(input.workspace, 400)}`,
    '',
    'Task:',
    '',
    // Indented, so that none of it is markup. Markdown ends a line at a carriage return as well.
    ...task.split(/\r\n|\r|\n/).map((line) => `    ${line}`),
    ...ROOM,
  ].join('\n');
}

export function detailsOf(input: AgentInput, snapshot: AgentSnapshot, log: Log): string {
  const { progress, outcome } = snapshot;
  const ending = outcome ? ` (${outcome.reason})` : '';
  const rows = [
    `**${snapshot.status}**${ending} · ${code(snapshot.activity, 300)}`,
    '',
    `- task: ${code(input.task, 200)}`,
    `- type **${input.agentType}**, ${input.tier}, \`${input.model}\` (${input.provider})`,
    `- turn ${progress.turn} of ${input.limits.maxTurns}, ${progress.toolCalls} tool calls`,
    `- tokens ${inputTotal(progress.usage)} in, ${progress.usage.outputTokens} out, $${progress.usage.costUsd.toFixed(4)}`,
    `- workspace ${code(input.workspace, 400)}`,
  ];
  if (snapshot.waitingFor) rows.push('', `> ${code(snapshot.waitingFor, 400)}`);
  const last = log.lines.slice(-SHOWN_LINES).map((line) => `    ${oneLine(line.text, 200)}`);
  return [...rows, ...(last.length > 0 ? ['', 'Last lines:', '', ...last] : []), ...ROOM].join('\n');
}

/** What callers, models and gateways wrote is shown as it is: as markup it could be a picture that is loaded from somewhere. */
function code(text: string, maxChars: number): string {
  return `\`${oneLine(text, maxChars).replaceAll('`', "'")}\``;
}
