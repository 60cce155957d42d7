/** What every command has at hand: configuration, agents, and the two streams to write to. */
import type { AgentsContext } from '../agents/context';
import { plainDeep } from '../agents/plainDeep';
import type { Config, Env } from '../config';
import type { Log } from '../log/log';
import { connect } from './connect';
import { type ProgressView, progressView } from './progress';
import { printable } from './words';
import { workspaceOf } from './workspace';

export interface GlobalOptions {
  json: boolean;
  progress: boolean;
  workspace?: string;
}

export interface Cli {
  env: Env;
  json: boolean;
  /** False with `--no-progress`: plain lines instead of what moves. */
  live: boolean;
  /** Directory that agents work in by default; absolute, and not yet known to exist. */
  workspace: string;
  progress: ProgressView;
  /** Results, to stdout: the text, or with `--json` the value. */
  print(value: unknown, text: string): void;
  /** Remarks, to stderr. */
  say(text: string): void;
  /**
   * For a command that runs on: where it tells of itself from now on.
   * @param program as which it does
   */
  log(program: string, config: Config): Promise<Log>;
  /** The result of a command that runs on: what it says of itself once it is up. */
  announce(log: Log, value: object, lines: readonly string[]): void;
  /** Who is told why the command failed; undefined: whoever reads stderr. */
  lastWords(): ((text: string) => void) | undefined;
  config(): Config;
  /** Connects, and starts the local service first when it is not there. Called again, it connects anew. */
  agents(): Promise<AgentsContext>;
  close(): Promise<void>;
}

export function createCli(options: GlobalOptions, env: Env): Cli {
  const progress = progressView({ animated: options.progress, env });
  const workspace = workspaceOf(options.workspace);
  let opened: AgentsContext | undefined;
  let loaded: Config | undefined;
  let json: Log | undefined;
  const cli: Cli = {
    env,
    json: options.json,
    live: options.progress,
    workspace,
    progress,
    config: () => {
      loaded ??= loadConfiguration(env, workspace);
      return loaded;
    },
    print: (value, text) => {
      progress.done();
      if (options.json) process.stdout.write(`${JSON.stringify(plainDeep(value), null, 2)}\n`);
      else if (text !== '') printText(text);
    },
    say: (text) => {
      progress.done();
      progress.line(text);
    },
    log: async (program, config) => {
      const { openLog } = await import('../log/log');
      const { secretsOf } = await import('../log/secrets');
      const isText = config.log.format === 'text';
      const secrets = secretsOf(config, env);
      const log = await openLog({ ...config.log, program, secrets, ...(isText ? { write: cli.say } : {}) });
      json = isText ? undefined : log;
      return log;
    },
    announce: (log, value, lines) => {
      // A line of text among those of JSON is one that nobody can parse.
      if (json && !options.json) log('info', lines[0] ?? '', { ...value });
      else cli.print(value, lines.join('\n'));
    },
    lastWords: () => json && ((text) => json?.('error', text)),
    agents: async () => {
      const before = opened;
      opened = await connect(cli);
      progress.done();
      await before?.temporal.close();
      return opened;
    },
    close: async () => {
      progress.done();
      await opened?.temporal.close();
    },
  };
  return cli;
}

/** To a pipe just as it is; a terminal would obey what an agent quotes. */
export function printText(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? printable(text) : text}\n`);
}

/** Loaded only now: `bga --help` needs none of it. */
function loadConfiguration(env: Env, workspace: string): Config {
  const { loadConfig }: typeof import('../config') = require('../config');
  return loadConfig({ env, workspace });
}
