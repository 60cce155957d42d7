import { join } from 'node:path';
import { findKeys } from '../codec/keyFile';
import { stateDirOf } from '../local/paths';
import type { Config, TemporalSettings } from './config';
import { findApiKey } from './credentials';
import { DEFAULTS } from './defaults';
import { type Env, unknownVariables } from './environment';
import { ConfigError } from './error';
import { lowered } from './lower';
import { mergeLayers, type SourcedLayer } from './merge';
import { toPrice } from './prices';
import { effectiveSchema, type Layer } from './schema';
import { environmentLayer, flagLayer, profileLayer, userLayer, workspaceLayer } from './sources';
import { configHome, homeOf, readTemporalProfile, type TemporalProfile } from './temporal';
import { readWorkspaceFile, type WorkspaceFile } from './workspaceFile';

export interface LoadOptions {
  env: Env;
  /** What the command line says, in the shape of the schema. */
  flags?: Layer;
  /** The directory whose `.background-agents.json` counts; without it (a worker), no such file is read. */
  workspace?: string;
}

interface Sources {
  flags: SourcedLayer | undefined;
  environment: SourcedLayer | undefined;
  workspace: WorkspaceFile | undefined;
  user: SourcedLayer | undefined;
}

/**
 * Reads every source once: flags, environment, Temporal's profile, the workspace's file, the user's file, defaults.
 * @throws ConfigError with the problems of all of them.
 */
export function loadConfig(options: LoadOptions): Config {
  const home = homeOf(options.env);
  const userFile = join(configHome(options.env, home), 'background-agents', 'config.json');
  const sources = readSources(options, userFile);
  const local = settle(sources).settings.local;
  const env = local ? withoutTemporal(options.env) : options.env;
  const used = local ? { ...sources, environment: environmentLayer(env) } : sources;
  const profile = local ? undefined : readTemporalProfile(settle(used).settings.temporal, env, home);
  return effective(used, { env, profile, userFile, stateDir: stateDirOf(env) });
}

function readSources({ env, flags = {}, workspace }: LoadOptions, userFile: string): Sources {
  const problems = unknownVariables(env);
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const sources = {
    flags: attempt(() => flagLayer(flags)),
    environment: attempt(() => environmentLayer(env)),
    workspace: attempt(() => (workspace === undefined ? undefined : readWorkspaceFile(workspace, userFile))),
    user: attempt(() => userLayer(userFile)),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return sources;
}

/** The order of precedence, in one place. */
function settle(sources: Sources, profile?: TemporalProfile) {
  const layers = [
    sources.flags,
    sources.environment,
    profile && profileLayer(profile),
    sources.workspace && workspaceLayer(sources.workspace),
    sources.user,
    { settings: DEFAULTS, sourceOf: () => 'default' },
  ];
  const merged = mergeLayers(layers.filter((layer) => layer !== undefined));
  const settings = effectiveSchema.parse(merged.settings);
  const { limits, keys } = lowered(settings.sessionLimits, sources.workspace?.layer.sessionLimits ?? {});
  for (const key of keys) merged.sources.set(`sessionLimits.${key}`, `file ${sources.workspace?.path}`);
  return { settings: { ...settings, sessionLimits: limits }, sources: merged.sources };
}

interface Surroundings {
  env: Env;
  profile: TemporalProfile | undefined;
  userFile: string;
  stateDir: string;
}

function effective(from: Sources, { env, profile, userFile, stateDir }: Surroundings): Config {
  const { settings, sources } = settle(from, profile);
  const apiKeySource = findApiKey(stateDir, env);
  const encryptionKeySource = findKeys(stateDir, env);
  const canCallClaude = apiKeySource !== undefined || settings.anthropicBaseUrl !== undefined;
  const { local, provider, prices, temporal, ...rest } = settings;
  const { anthropicBaseUrl, workspaceRoots, temporalBinary, sessionLeaseMs, idleStopMs, owner, ...plain } =
    rest;
  return {
    ...plain,
    provider: provider ?? (canCallClaude ? 'anthropic' : 'offline'),
    prices: Object.fromEntries(Object.entries(prices).map(([id, price]) => [id, toPrice(price)])),
    temporal: local ? {} : cluster(temporal, profile),
    limitCaps: from.workspace?.layer.limits ?? {},
    workspaceAgentTypes: from.workspace?.layer.agentTypes ?? {},
    ...(anthropicBaseUrl === undefined ? {} : { anthropicBaseUrl }),
    ...(apiKeySource === undefined ? {} : { apiKeySource }),
    ...(encryptionKeySource === undefined ? {} : { encryptionKeySource }),
    ...(workspaceRoots === undefined ? {} : { workspaceRoots }),
    ...(temporalBinary === undefined ? {} : { temporalBinary }),
    ...(sessionLeaseMs === undefined ? {} : { sessionLeaseMs }),
    ...(owner === undefined ? {} : { owner }),
    ...(idleStopMs === undefined ? {} : { idleStopMs }),
    ...(from.workspace === undefined ? {} : { workspaceFile: from.workspace.path }),
    stateDir,
    userFile,
    sources: env.BGA_HOME ? sources.set('stateDir', 'environment BGA_HOME') : sources,
  };
}

function cluster(settings: Layer['temporal'], profile: TemporalProfile | undefined): TemporalSettings {
  const { address, profile: name, configFile } = settings ?? {};
  if (address === undefined) return {};
  return {
    address,
    ...(name === undefined ? {} : { profile: name }),
    ...(configFile === undefined ? {} : { configFile }),
    hasApiKey: profile?.hasApiKey ?? false,
    tls: profile?.tls ?? false,
  };
}

/** Whoever asks for the embedded service does not want the namespace of a cluster either. */
function withoutTemporal(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
