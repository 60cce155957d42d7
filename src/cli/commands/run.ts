import type { StatusResult } from '../../agents';
import { answering } from '../answering';
import type { CliCommand } from '../command';
import { exitCodeOf, follow } from '../follow';
import { onInterrupt } from '../interrupt';
import { tellUnchosenProvider } from '../providerNote';
import { dollars, duration } from '../words';
import { declareSpawn, introduction, spawnRequest } from './spawn';

/** A tool call or a sentence of an agent that works; the whole of it is in `bga output --view full`. */
const MAX_LINE_CHARS = 300;
const ALL_CHARS = 1_000_000;

export const runCommand: CliCommand = {
  name: 'run',
  summary: 'hand a task over, watch the agent, print its answer',
  declare: declareSpawn,
  async run(cli, call) {
    const { kill, output, spawn } = await import('../../agents');
    const request = await spawnRequest(cli, call);
    const agents = await cli.agents();
    tellUnchosenProvider(cli);
    const spawned = await spawn(agents, request, 'foreground');
    const { agent_id: agentId } = spawned;
    cli.progress.line(`${agentId}: ${introduction(spawned)}`);
    const interrupt = onInterrupt(cli, agentId, () => kill(agents, agentId, 'Stopped at the terminal.'));
    const onLines = (text: string) => {
      for (const line of text.split('\n')) cli.progress.line(shortened(line));
    };
    const over = new AbortController();
    const onLook = answering(cli, AbortSignal.any([interrupt.signal, over.signal]));
    try {
      const followed = await follow(cli, agents, {
        request: { agent_id: agentId, view: 'full' },
        signal: interrupt.signal,
        onLines,
        onLook,
      });
      over.abort();
      if (!followed) {
        if (cli.json) cli.print(spawned, '');
        return 4;
      }
      const { ending, rest } = followed;
      const said = await output(followed.agents, { agent_id: agentId, max_chars: ALL_CHARS });
      const before = beforeAnswer(rest, said.text);
      if (before !== '') onLines(before);
      cli.say(summary(ending));
      cli.print({ ...spawned, ...ending, ...said }, said.text);
      return exitCodeOf(ending.status);
    } finally {
      interrupt.close();
    }
  },
};

/** The answer goes to stdout, once; what led up to it belongs to the live display. */
function beforeAnswer(lines: string, answer: string): string {
  return lines.endsWith(answer) ? lines.slice(0, lines.length - answer.length).trimEnd() : lines;
}

function shortened(line: string): string {
  return line.length <= MAX_LINE_CHARS ? line : `${line.slice(0, MAX_LINE_CHARS - 1)}…`;
}

function summary({ status, error, progress, usage, duration_ms: ms }: StatusResult): string {
  const facts = `${progress.turn} turns, ${progress.tool_calls} tool calls, ${duration(ms)}, ${dollars(usage.cost_usd)}`;
  return `${error ? `${status} (${error.type}): ${error.message}` : status} · ${facts}`;
}
