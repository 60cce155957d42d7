import type { Cli } from '../cli';
import type { CliCommand, ExitCode } from '../command';
import { askForSecret, newEncryptionKey, setEncryptionKey, stateDirOf } from '../secrets';
import { table } from '../table';

const ACTIONS: ReadonlyMap<string, (cli: Cli) => Promise<ExitCode>> = new Map([
  ['set-key', setKey],
  ['unset-key', unsetKey],
  ['new-encryption-key', newEncryptionKey],
  ['set-encryption-key', setEncryptionKey],
]);

const ACTION_HELP =
  'set-key: read an API key from stdin into a file that only you can read; unset-key: remove it; ' +
  'new-encryption-key: encrypt what is stored in Temporal with a new key, and read on with the older ones; ' +
  'set-encryption-key: the same with a key from stdin, as that of another machine';

export const configCommand: CliCommand = {
  name: 'config',
  summary: 'the effective settings and where each comes from; set-key stores an API key',
  declare: (command) =>
    command
      .argument('[action]', ACTION_HELP)
      .addHelpText('after', '\nExample: printf %s "$KEY" | bga config set-key'),
  async run(cli, { args }) {
    const [action] = args;
    if (action === undefined) return show(cli);
    const act = ACTIONS.get(action);
    if (act) return act(cli);
    const { UserError } = await import('../../agents/errors');
    const { didYouMean } = await import('../../config');
    const names = [...ACTIONS.keys()];
    const near = didYouMean(action, names);
    const text = `There is no action ${JSON.stringify(action)}.${near} Use ${names.join(', ')}, or nothing to see the settings.`;
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
  writeApiKey(stateDir, await askForSecret('Anthropic API key'));
  const path = apiKeyPath(stateDir);
  const { readyService } = await import('../../local');
  const running = readyService(stateDir);
  const hasOther = running?.provider === 'offline' || running?.access?.key === 'environment';
  const restart = hasOther ? ' The worker was started without it: the next command restarts it.' : '';
  cli.print({ path }, `Stored in ${path}. Agents spawned from now on use Claude.${restart}`);
  return 0;
}

async function unsetKey(cli: Cli): Promise<ExitCode> {
  const { removeApiKey } = await import('../../config');
  const removed = removeApiKey(await stateDirOf(cli));
  cli.print({ removed }, removed ? 'The API key is removed.' : 'No API key was stored.');
  return 0;
}
