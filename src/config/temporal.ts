import { homedir } from 'node:os';
import { join } from 'node:path';
import type {
  ClientConfigProfile,
  ClientConnectConfig,
  LoadClientProfileOptions,
} from '@temporalio/envconfig';
import type { Env } from './environment';
import { ConfigError } from './error';
import { readSmallFile } from './readSmallFile';

/** Where Temporal's own clients connect to when a profile names no address. */
const TEMPORAL_DEFAULT_ADDRESS = 'localhost:7233';

/** Which profile of which file; both may be left to Temporal's own rules. */
export interface ProfileChoice {
  profile?: string | undefined;
  configFile?: string | undefined;
}

export interface TemporalProfile {
  address?: string;
  namespace?: string;
  hasApiKey: boolean;
  tls: boolean;
  /** The file it was read from, if there is one. */
  file?: string;
}

/**
 * What TEMPORAL_* and `temporal.toml` say together, by Temporal's own rules; undefined when they say nothing.
 * The library is loaded only then.
 */
export function readTemporalProfile(
  choice: ProfileChoice,
  env: Env,
  home: string,
): TemporalProfile | undefined {
  const { file, toml } = readToml(choice, env, home);
  const mentioned = Object.keys(env).some((name) => name.startsWith('TEMPORAL_'));
  if (toml === undefined && choice.profile === undefined && !mentioned) return undefined;
  const profile = loadProfile(file, toml, choice.profile, env);
  const address = profile.address ?? (choice.profile === undefined ? undefined : TEMPORAL_DEFAULT_ADDRESS);
  return {
    ...(address === undefined ? {} : { address }),
    ...(profile.namespace === undefined ? {} : { namespace: profile.namespace }),
    hasApiKey: profile.apiKey !== undefined,
    tls: profile.tls === undefined ? profile.apiKey !== undefined : profile.tls.disabled !== true,
    ...(toml === undefined ? {} : { file }),
  };
}

/** How to connect: with the secrets and certificates, which are never kept in the configuration. */
export function readTemporalConnection(
  choice: ProfileChoice & { address?: string | undefined },
  namespace: string,
  env: Env,
  home: string = homeOf(env),
): ClientConnectConfig {
  const { file, toml } = readToml(choice, env, home);
  const { toClientOptions } = envconfig();
  const profile = loadProfile(file, toml, choice.profile, env);
  const address = choice.address ?? profile.address ?? TEMPORAL_DEFAULT_ADDRESS;
  try {
    return toClientOptions({ ...profile, address, namespace });
  } catch (error) {
    throw new ConfigError(`Temporal's TLS settings: ${messageOf(error)}`, { cause: error });
  }
}

function readToml(choice: ProfileChoice, env: Env, home: string): { file: string; toml: string | undefined } {
  const file = choice.configFile ?? defaultFile(env, home);
  const toml = readSmallFile(file, { followLinks: true });
  if (toml === undefined && choice.configFile !== undefined) {
    throw new ConfigError(
      `${file}: there is no such file. Set TEMPORAL_CONFIG_FILE or "temporal.configFile" right.`,
    );
  }
  return { file, toml };
}

function loadProfile(
  file: string,
  toml: string | undefined,
  profile: string | undefined,
  env: Env,
): ClientConfigProfile {
  const options: LoadClientProfileOptions = {
    // The text, not the path: the library would read a FIFO for ever. A file without a table is read as one with none.
    configSource: { data: hasContent(toml) ? toml : '[profile]' },
    overrideEnvVars: definedVariables(env),
    ...(profile === undefined ? {} : { profile }),
  };
  try {
    return envconfig().loadClientConfigProfile(options);
  } catch (error) {
    const where = toml === undefined ? `${file} (there is no such file)` : file;
    throw new ConfigError(`${where}: ${messageOf(error)}`, { cause: error });
  }
}

function hasContent(toml: string | undefined): toml is string {
  return toml?.split('\n').some((line) => !/^\s*(#|$)/.test(line)) ?? false;
}

/** Empty counts as not set, except for TEMPORAL_GRPC_META_*, where it removes a header. */
function definedVariables(env: Env): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value || (value === '' && name.startsWith('TEMPORAL_GRPC_META_')) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}

function defaultFile(env: Env, home: string): string {
  if (process.platform === 'win32' && env.APPDATA) return join(env.APPDATA, 'temporalio', 'temporal.toml');
  if (process.platform === 'darwin')
    return join(home, 'Library', 'Application Support', 'temporalio', 'temporal.toml');
  return join(configHome(env, home), 'temporalio', 'temporal.toml');
}

export function homeOf(env: Env): string {
  if (env.HOME) return env.HOME;
  try {
    return homedir();
  } catch {
    // A user id without an account, as containers have. Never a folder that others may write to.
    return '/';
  }
}

/** The XDG rule: a relative path there counts as not set. */
export function configHome(env: Env, home: string): string {
  return env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(home, '.config');
}

/** Loading it takes a tenth of a second, and most people need nothing of it. */
function envconfig(): typeof import('@temporalio/envconfig') {
  return require('@temporalio/envconfig');
}

/** A TOML error's first line has the reason; the rest is a picture of the place, which could show a secret. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = 'line' in error && 'column' in error ? ` (line ${error.line}, column ${error.column})` : '';
  const reason = error instanceof TypeError ? 'it has no [profile.…] table' : error.message.split('\n')[0];
  return `${reason}${place}.`;
}
