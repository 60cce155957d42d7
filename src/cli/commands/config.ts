import type { CliCommand } from '../command';
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
    if (action === 'set-key') return setKey(cli);
    if (action === 'unset-key') return unsetKey(cli);
    if (action !== undefined) {
      const { UserError } = await import('../../agents/errors');
      throw new UserError(
        'invalid',
        `There is no "bga config ${action}". Use set-key, unset-key, or nothing to see the settings.`,
      );
    }
    const { describeConfig } = await import('../../config');
    const settings = describeConfig(cli.config());
    const rows = settings.map(({ key, value, source }) => [key, source, JSON.stringify(value)]);
    cli.print({ settings }, table(['key', 'from', 'value'], rows));
    return 0;
  },
};

async function setKey(cli: Parameters<CliCommand['run']>[0]): Promise<0> {
  const { apiKeyPath, writeApiKey } = await import('../../config');
  const { stateDir } = cli.config();
  writeApiKey(stateDir, await askForKey());
  const path = apiKeyPath(stateDir);
  cli.print(
    { path },
    `Stored in ${path}. Agents spawned from now on use Claude once the service has restarted: bga down && bga up`,
  );
  return 0;
}

async function unsetKey(cli: Parameters<CliCommand['run']>[0]): Promise<0> {
  const { removeApiKey } = await import('../../config');
  const removed = removeApiKey(cli.config().stateDir);
  cli.print({ removed }, removed ? 'The API key is removed.' : 'No API key was stored.');
  return 0;
}

async function askForKey(): Promise<string> {
  if (!process.stdin.isTTY) {
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    return text;
  }
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: 'Anthropic API key', output: process.stderr });
  return isCancel(answer) ? '' : answer;
}
