/** What every command has at hand: configuration, agents, and the two streams to write to. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { AgentsContext } from '../agents/context';
import type { Config, ConfigFlags, Env } from '../config';
import { type ProgressView, progressView } from './progress';

export interface GlobalOptions {
  json: boolean;
  progress: boolean;
  workspace?: string;
}

export interface Cli {
  env: Env;
  json: boolean;
  /** Directory that agents work in by default. */
  workspace: string;
  progress: ProgressView;
  /** Results, to stdout: the text, or with `--json` the value. */
  print(value: unknown, text: string): void;
  /** Remarks, to stderr. */
  say(text: string): void;
  config(): Config;
  /** Connects, and starts the local service first when it is not there. */
  agents(): Promise<AgentsContext>;
  close(): Promise<void>;
}

export function createCli(options: GlobalOptions, env: Env, flags: ConfigFlags = {}): Cli {
  const progress = progressView({ animated: options.progress && !options.json, env });
  let opened: AgentsContext | undefined;
  let loaded: Config | undefined;
  const workspace = options.workspace ?? process.cwd();
  const config = () => {
    loaded ??= loadConfiguration(env, workspace, flags);
    return loaded;
  };
  return {
    env,
    json: options.json,
    workspace,
    progress,
    config,
    print: (value, text) => {
      progress.done();
      process.stdout.write(`${options.json ? JSON.stringify(value, null, 2) : text}\n`);
    },
    say: (text) => {
      progress.done();
      process.stderr.write(`${text}\n`);
    },
    agents: async () => {
      // Loaded only now: `bga --help` should not wait for Temporal's client.
      const { openAgents } = await import('../open');
      const { newSession } = await import('../agents');
      opened = await openAgents({
        config: config(),
        env,
        session: newSession(cliSession(config().stateDir)),
        workspace,
        defaultLifetime: 'detached',
        onProgress: ({ text, elapsedSeconds }) => progress.step(text, elapsedSeconds),
      });
      progress.done();
      return opened;
    },
    close: async () => {
      progress.done();
      await opened?.temporal.close();
    },
  };
}

function loadConfiguration(env: Env, workspace: string, flags: ConfigFlags): Config {
  const { loadConfig }: typeof import('../config') = require('../config');
  return loadConfig({ env, workspace, flags });
}

/** All commands of one user and state directory are one session: `bga wait` waits for what `bga spawn` started. */
function cliSession(stateDir: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([hostname(), process.getuid?.(), stateDir]))
    .digest('hex');
  return `cli-${digest.slice(0, 24)}`;
}
