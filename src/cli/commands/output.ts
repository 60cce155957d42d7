import type { CliCommand } from '../command';
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
    const { output, outputInput } = await import('../../agents');
    const request = checked(outputInput, {
      agent_id: args[0],
      filter: options.filter,
      since_last: options.sinceLast,
      cursor: options.cursor,
      tail: options.tail,
      view: options.view,
      max_chars: options.maxChars,
    });
    const agents = await cli.agents();
    if (options.follow === true) {
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      const ended = await follow(cli, agents, request.agent_id, {
        signal: stop.signal,
        view: request.view,
        onLines: (text) => {
          cli.progress.done();
          process.stdout.write(`${text}\n`);
        },
        ...(request.filter === undefined ? {} : { filter: request.filter }),
      });
      return ended ? exitCodeOf(ended.status) : 0;
    }
    const said = await output(agents, request);
    cli.print(said, said.text);
    if (said.note) cli.say(said.note);
    if (said.truncated && !cli.json)
      cli.say(`There is more: bga output ${said.agent_id} --cursor ${said.next_cursor}`);
    return 0;
  },
};
