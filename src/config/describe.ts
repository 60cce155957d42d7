import { type Config, isLocal } from './config';
import type { KeySource } from './credentials';
import { fromPrice } from './prices';

export interface DescribedSetting {
  key: string;
  value: unknown;
  source: string;
}

/** Every effective value and where it came from, for `bga config`. Of a secret, only that it is set. */
export function describeConfig(config: Config): DescribedSetting[] {
  const { sources, stateDir, apiKeySource, anthropicBaseUrl } = config;
  const sourceOf = (key: string) => sources.get(key) ?? 'default';
  const plain = (key: string, value: unknown) => ({ key, value: value ?? null, source: sourceOf(key) });
  const group = (key: string, values: object) =>
    Object.entries(values).map(([name, value]) => plain(`${key}.${name}`, value));
  const fromWorkspace = (key: string, values: object) =>
    Object.entries(values).map(([name, value]) => ({
      key: `${key}.${name}`,
      value,
      source: `file ${config.workspaceFile}`,
    }));
  return [
    { ...plain('provider', config.provider), source: sources.get('provider') ?? whyProvider(config) },
    { key: 'apiKey', ...isSet(apiKeySource) },
    plain('anthropicBaseUrl', anthropicBaseUrl && withoutSecrets(anthropicBaseUrl)),
    ...group('models', config.models),
    plain('extraModels', config.extraModels),
    ...Object.entries(config.prices).map(([id, price]) => plain(`prices.${id}`, fromPrice(price))),
    ...group('contextTokens', config.contextTokens),
    plain('workspaceRoots', config.workspaceRoots ?? 'any directory'),
    plain('toolPrefix', config.toolPrefix),
    ...group('limits', config.limits),
    ...fromWorkspace('limits (at most)', config.limitCaps),
    plain('sessionLimits.maxRunningAgents', config.sessionLimits.maxRunningAgents ?? 'no limit'),
    plain('sessionLimits.maxSpawnsPerMinute', config.sessionLimits.maxSpawnsPerMinute ?? 'no limit'),
    plain('modelIdleTimeoutMs', config.modelIdleTimeoutMs),
    plain('modelTotalTimeoutMs', config.modelTotalTimeoutMs),
    plain('modelProbeMs', config.modelProbeMs),
    plain('sessionLeaseMs', config.sessionLeaseMs ?? 'by the kind of service'),
    plain('idleStopMs', config.idleStopMs ?? 'never'),
    ...group('concurrency', config.concurrency),
    ...group('ratePerSecond', config.ratePerSecond),
    plain('shutdownGraceMs', config.shutdownGraceMs),
    plain('fallback.afterMs', config.fallback.afterMs),
    plain('fallback.to', config.fallback.to),
    ...describeHttp(config.http, plain),
    plain('metrics.host', config.metrics.host),
    plain('metrics.port', config.metrics.port ?? 'off'),
    ...group('log', config.log),
    plain('owner', config.owner ?? 'the user of this machine'),
    plain('shareAgents', config.shareAgents),
    plain('compression', config.compression),
    { key: 'encryptionKey', ...isSet(config.encryptionKeySource) },
    plain('workspaceQueue', config.workspaceQueue),
    plain('namespace', config.namespace),
    isLocal(config)
      ? { ...plain('temporal.address', 'local (the embedded service)'), source: sourceOf('local') }
      : plain('temporal.address', config.temporal.address),
    ...describeCluster(config, plain),
    plain('temporalBinary', config.temporalBinary),
    plain('noDownload', config.noDownload),
    ...group('agentTypes', config.agentTypes),
    ...fromWorkspace('agentTypes', config.workspaceAgentTypes),
    plain('stateDir', stateDir),
  ];
}

function describeHttp(
  { port, publicUrl, issuer, audience, jwksUrl, ...rest }: Config['http'],
  plain: (key: string, value: unknown) => DescribedSetting,
): DescribedSetting[] {
  const all = { ...rest, port: port ?? 'free, and the same again', publicUrl, issuer, audience, jwksUrl };
  return Object.entries(all).map(([name, value]) => plain(`http.${name}`, value));
}

function describeCluster(
  config: Config,
  plain: (key: string, value: unknown) => DescribedSetting,
): DescribedSetting[] {
  if (isLocal(config)) return [];
  const { profile, configFile, hasApiKey, tls } = config.temporal;
  const source = "Temporal's environment or profile";
  return [
    plain('temporal.profile', profile),
    plain('temporal.configFile', configFile),
    { key: 'temporal.apiKey', value: hasApiKey ? 'set' : 'not set', source },
    { key: 'temporal.tls', value: tls ?? false, source },
  ];
}

function isSet(source: KeySource | undefined) {
  return { value: source === undefined ? 'not set' : `set (from ${source})`, source: source ?? 'default' };
}

function whyProvider({ apiKeySource, anthropicBaseUrl }: Config): string {
  if (apiKeySource !== undefined) return 'default, because an API key is set';
  return anthropicBaseUrl === undefined
    ? 'default, because no API key is set'
    : 'default, because anthropicBaseUrl is set';
}

/** Gateways take passwords and tokens in their address. */
function withoutSecrets(address: string): string {
  const url = new URL(address);
  const user = url.username || url.password ? '***@' : '';
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search ? '?***' : ''}`;
}
