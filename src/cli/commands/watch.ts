import type { WatchEvent } from '../../watch/lines';
import type { WatchRequest } from '../../watch/watched';
import type { Watcher } from '../../watch/watcher';
import { type Cli, printText } from '../cli';
import type { CliCommand, CommandCall } from '../command';
import { checked, numberOption } from '../input';

export const watchCommand: CliCommand = {
  name: 'watch',
  summary:
    'a live table of the agents, to read, follow and stop them; without a terminal, a line for each change',
  declare: (command) =>
    command
      .option('--status <status>', 'pending, running, waiting, completed, failed or killed')
      .option('-t, --type <type>', 'only this agent type')
      .option('--scope <scope>', 'session, workspace or all (default: workspace)')
      .option('--all', 'the same as --scope all')
      .option('-n, --limit <n>', 'besides those that work, so many of the newest (default: 50)', numberOption)
      .addHelpText(
        'after',
        '\n--json prints an object a line: { event, at, changed, agent } or { event, at, state }.',
      ),
  async run(cli, call) {
    const request = await requestOf(call);
    const watcher = await watcherOf(cli);
    try {
      if (isLive(cli)) {
        const { watchLive } = await import('../../watch/live');
        await watchLive(watcher, request);
      } else await printChanges(cli, watcher, request);
    } finally {
      await watcher.close();
    }
    return 0;
  },
};

const DEFAULT_ROWS = 50;

async function requestOf({ options }: CommandCall): Promise<WatchRequest> {
  const { listInput } = await import('../../agents/inputs');
  const { cursor: _, ...request } = checked(listInput, {
    status: options.status,
    agent_type: options.type,
    scope: options.all === true ? 'all' : options.scope,
    limit: options.limit ?? DEFAULT_ROWS,
  });
  return request;
}

async function watcherOf(cli: Cli): Promise<Watcher> {
  const agents = await cli.agents();
  const { config, session, workspace } = agents;
  const { createWatcher } = await import('../../watch/watcher');
  const { openRunning } = await import('../../open');
  const { isLocal } = await import('../../config');
  const { readyService } = await import('../../local/service');
  return createWatcher({
    agents,
    // Whoever only watches does not start again what somebody has stopped.
    reopen: () => openRunning({ config, env: cli.env, session, workspace }),
    isUp: () => !isLocal(config) || readyService(config.stateDir) !== undefined,
  });
}

function isLive({ json, env, live }: Cli): boolean {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return isTerminal && live && !json && !env.NO_COLOR && env.TERM !== 'dumb';
}

async function printChanges(cli: Cli, watcher: Watcher, request: WatchRequest): Promise<void> {
  const { lineOf, watchLines } = await import('../../watch/lines');
  const over = new AbortController();
  const end = () => over.abort();
  process.on('SIGINT', end).on('SIGTERM', end);
  const onEvent = (event: WatchEvent) => {
    if (cli.json) process.stdout.write(`${JSON.stringify(event)}\n`);
    else if (event.event === 'agent') printText(lineOf(event));
    else cli.say(lineOf(event));
  };
  // While nothing changes there is no other sign that it works.
  if (!cli.json) cli.say('A line for each change of an agent follows; Ctrl-C ends it.');
  try {
    await watchLines(watcher, request, { signal: over.signal, onEvent });
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
