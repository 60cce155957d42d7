import { once } from 'node:events';
import type { Config } from '../../config';
import type { Cli } from '../cli';
import type { CliCommand, CommandCall, ExitCode } from '../command';
import { numberOption } from '../input';

/** Always the same, because the browser remembers it; out of the way of Web UIs, which are at 8233 and upwards. */
const DEFAULT_PORT = 8333;

interface Options {
  host?: string;
  port: number;
  uiOrigins: string[];
  showToken: boolean;
}

export const codecServerCommand: CliCommand = {
  name: 'codec-server',
  summary: "let Temporal's Web UI show what is compressed or encrypted",
  declare: (command) =>
    command
      .option('--port <n>', `port (default: ${DEFAULT_PORT})`, numberOption)
      .option('--host <address>', 'address that it listens on, in a container 0.0.0.0 (default: 127.0.0.1)')
      .option('--ui-origin <origin...>', "where the Web UI is, when it is not the local service's")
      .option('--show-token', 'only print the endpoint with its token, which is secret'),
  async run(cli, call) {
    const options = await optionsOf(call);
    const config = cli.config();
    return options.showToken ? showToken(cli, config, options) : serve(cli, config, options);
  },
};

async function showToken(cli: Cli, { stateDir }: Config, { port }: Options): Promise<ExitCode> {
  const { codecToken } = await import('../../codec');
  const token = codecToken(stateDir);
  const endpoint = `http://127.0.0.1:${port}/${token}`;
  cli.print({ endpoint, token }, endpoint);
  return 0;
}

async function serve(cli: Cli, config: Config, { host, port, uiOrigins }: Options): Promise<ExitCode> {
  const { codecToken, openKeyring, startCodecServer, transcodeWith } = await import('../../codec');
  const log = await cli.log('codec-server', config);
  const keyring = openKeyring(config.stateDir, cli.env);
  const origins = await originsFor(config, uiOrigins);
  const server = await startCodecServer({
    ...(host === undefined ? {} : { host }),
    port,
    token: codecToken(config.stateDir),
    origins,
    transcode: transcodeWith(config.compression, keyring),
  }).catch((error: unknown) => explainPort(error, port));
  const address = `http://127.0.0.1:${server.port}`;
  const shown = server.port === DEFAULT_PORT ? '' : ` --port ${server.port}`;
  const lines = [
    `Codec server at ${address}, for the Web UI at ${origins().join(' or ') || '(not up yet: bga up)'}. Ctrl-C ends it.`,
    'In the Web UI click on the glasses at the top right, and paste as browser endpoint what this prints:',
    `  bga codec-server --show-token${shown}`,
    `Keys: ${keyring.keys().length || 'none, so it only unpacks what is compressed'}`,
  ];
  cli.announce(log, { address, ui_origins: origins() }, lines);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
  return 0;
}

/** Those that were named, or both names of the local Web UI, wherever it is now. */
async function originsFor({ stateDir, ...config }: Config, named: string[]): Promise<() => string[]> {
  if (named.length > 0) return () => named;
  const { isLocal } = await import('../../config');
  if (!isLocal(config))
    throw await invalid(
      'Which Web UI may use it? Name its origin, e.g. --ui-origin https://cloud.temporal.io',
    );
  const { readyService } = await import('../../local');
  return () => {
    const url = readyService(stateDir)?.uiUrl;
    return url === undefined ? [] : [url, url.replace('127.0.0.1', 'localhost')];
  };
}

async function optionsOf({ options }: CommandCall): Promise<Options> {
  const { host, port = DEFAULT_PORT, uiOrigin = [], showToken: wanted } = options;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw await invalid('--port: expected a number from 0 (any that is free) to 65535. See --help.');
  const named = Array.isArray(uiOrigin) ? uiOrigin.map(String) : [];
  const wrong = named.find((each) => !URL.canParse(each) || new URL(each).origin !== each);
  if (wrong !== undefined)
    throw await invalid(`--ui-origin: ${JSON.stringify(wrong)} is no origin, such as http://127.0.0.1:8233`);
  return {
    ...(typeof host === 'string' ? { host } : {}),
    port,
    uiOrigins: named,
    showToken: wanted === true,
  };
}

async function explainPort(error: unknown, port: number): Promise<never> {
  const { codeOf } = await import('../../config/readSmallFile');
  if (codeOf(error) !== 'EADDRINUSE') throw error;
  throw await invalid(
    `Port ${port} is taken, perhaps by a codec server that runs already. Choose another with --port.`,
  );
}

async function invalid(text: string): Promise<Error> {
  const { UserError } = await import('../../agents/errors');
  return new UserError('invalid', text);
}
