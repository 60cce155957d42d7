import type { OutputRequest, OutputResult } from '../../agents';
import { type Cli, printText } from '../cli';
import type { CliCommand, ExitCode } from '../command';
import { exitCodeOf, follow } from '../follow';
import { checked, numberOption } from '../input';

export const outputCommand: CliCommand = {
  name: 'output',
  summary: 'what an agent has said so far, or its answer',
  declare: (command) =>
    command
      .argument('<agent_id>')
      .option('-f, --follow', 'go on printing new lines until it has ended')
      .option('--filter <regex>', 'only lines that match (RE2)')
      .option('--since-last', 'only what these commands have not printed yet')
      .option('--cursor <line>', 'only lines from this one on', numberOption)
      .option('--tail <lines>', 'only the last lines', numberOption)
      .option('--view <view>', 'result, or full: with a line for each tool call (default: result)')
      .option('--max-chars <n>', 'longest text (default: 8000, at most 40000)', numberOption),
  async run(cli, { args, options }) {
    const { outputInput } = await import('../../agents');
    const request = checked(outputInput, {
      agent_id: args[0],
      filter: options.filter,
      since_last: options.sinceLast,
      cursor: options.cursor,
      tail: options.tail,
      view: options.view,
      max_chars: options.maxChars,
    });
    return options.follow === true ? untilEnded(cli, request) : once(cli, request);
  },
};

async function once(cli: Cli, request: OutputRequest): Promise<ExitCode> {
  const { output } = await import('../../agents');
  const said = await output(await cli.agents(), request);
  cli.print(said, said.text);
  if (cli.json) return 0;
  if (said.note) cli.say(said.note);
  if (said.truncated) cli.say(`There is more: bga output ${said.agent_id} --cursor ${said.next_cursor}`);
  else if (said.matched_lines === 0) cli.say(nothingToShow(said));
  return 0;
}

/** With `--json` the one object comes at the end, as for any other command. */
async function untilEnded(cli: Cli, request: OutputRequest): Promise<ExitCode> {
  const { output } = await import('../../agents');
  const stop = new AbortController();
  const onStop = () => stop.abort();
  process.once('SIGINT', onStop).once('SIGTERM', onStop);
  const onLines = (text: string) => {
    cli.progress.done();
    if (!cli.json) printText(text);
  };
  const followed = await follow(cli, await cli.agents(), { request, signal: stop.signal, onLines });
  process.off('SIGINT', onStop).off('SIGTERM', onStop);
  if (!followed) return 4;
  const { ending, rest, agents } = followed;
  if (cli.json) cli.print(await output(agents, request), '');
  else if (rest !== '') onLines(rest);
  if (ending.error) cli.say(`${ending.status} (${ending.error.type}): ${ending.error.message}`);
  return exitCodeOf(ending.status);
}

function nothingToShow({ agent_id: agentId, status, reason }: OutputResult): string {
  return reason === undefined
    ? `Nothing to show yet; the agent is ${status}.`
    : `It ended without a text: ${status} (${reason}). Run bga status ${agentId} for more.`;
}
