/** What Temporal's Web UI shows of an agent, in Markdown. */
import type { AgentInput, AgentSnapshot } from './contract';
import type { Log } from './output';
import { oneLine } from './text';
import { inputTotal } from './usage';

const SHOWN_LINES = 12;

export function detailsOf(input: AgentInput, snapshot: AgentSnapshot, log: Log): string {
  const { progress, outcome } = snapshot;
  const ending = outcome ? ` (${outcome.reason})` : '';
  const rows = [
    `**${snapshot.status}**${ending} · ${snapshot.activity}`,
    '',
    `- task: ${oneLine(input.task, 200)}`,
    `- type **${input.agentType}**, ${input.tier}, \`${input.model}\` (${input.provider})`,
    `- turn ${progress.turn} of ${input.limits.maxTurns}, ${progress.toolCalls} tool calls`,
    `- tokens ${inputTotal(progress.usage)} in, ${progress.usage.outputTokens} out, $${progress.usage.costUsd.toFixed(4)}`,
    `- workspace \`${input.workspace}\``,
  ];
  if (snapshot.waitingFor) rows.push('', `> ${oneLine(snapshot.waitingFor, 400)}`);
  const last = log.lines.slice(-SHOWN_LINES).map((line) => `    ${oneLine(line.text, 200)}`);
  return last.length > 0 ? [...rows, '', 'Last lines:', '', ...last].join('\n') : rows.join('\n');
}
