import type { Cli } from '../cli';
import type { CliCommand, ExitCode } from '../command';
import { readStdin } from '../input';
import { table } from '../table';

export const configCommand: CliCommand = {
  name: 'config',
  summary: 'the effective settings and where each comes from; set-key stores an API key',
  declare: (command) =>
    command
      .argument(
        '[action]',
        'set-key: read an API key from stdin into a file that only you can read; unset-key: remove it',
      )
      .addHelpText('after', '\nExample: printf %s "$KEY" | bga config set-key'),
  async run(cli, { args }) {
    const [action] = args;
    if (action === undefined) return show(cli);
    if (action === 'set-key') return setKey(cli);
    if (action === 'unset-key') return unsetKey(cli);
    const { UserError } = await import('../../agents/errors');
    const { didYouMean } = await import('../../config');
    const shown = JSON.stringify(action);
    const near = didYouMean(action, ['set-key', 'unset-key']);
    const text = `There is no action ${shown}.${near} Use set-key, unset-key, or nothing to see the settings.`;
    throw new UserError('invalid', text);
  },
};

async function show(cli: Cli): Promise<ExitCode> {
  const { describeConfig } = await import('../../config');
  const settings = describeConfig(cli.config());
  const rows = settings.map(({ key, value, source }) => [key, source, inText(value)]);
  cli.print({ settings }, table(['key', 'from', 'value'], rows));
  return 0;
}

function inText(value: unknown): string {
  return value === null ? '-' : JSON.stringify(value);
}

async function setKey(cli: Cli): Promise<ExitCode> {
  const { apiKeyPath, writeApiKey } = await import('../../config');
  const stateDir = await stateDirOf(cli);
  writeApiKey(stateDir, process.stdin.isTTY ? await askForKey() : await readStdin());
  const path = apiKeyPath(stateDir);
  const { readyService } = await import('../../local');
  const restart =
    readyService(stateDir)?.provider === 'offline'
      ? ' once the service has restarted: bga down && bga up'
      : '.';
  cli.print({ path }, `Stored in ${path}. Agents spawned from now on use Claude${restart}`);
  return 0;
}

async function unsetKey(cli: Cli): Promise<ExitCode> {
  const { removeApiKey } = await import('../../config');
  const removed = removeApiKey(await stateDirOf(cli));
  cli.print({ removed }, removed ? 'The API key is removed.' : 'No API key was stored.');
  return 0;
}

/** Not from the configuration: a key can be stored while something else in it is wrong. */
async function stateDirOf({ env }: Cli): Promise<string> {
  const local = await import('../../local');
  return local.stateDirOf(env);
}

async function askForKey(): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: 'Anthropic API key', output: process.stderr });
  return isCancel(answer) ? '' : answer;
}
