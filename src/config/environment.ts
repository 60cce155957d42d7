import { delimiter, resolve } from 'node:path';
import { didYouMean } from './nearest';

export type Env = Readonly<Record<string, string | undefined>>;

type Parse = (text: string) => unknown;
const text: Parse = (value) => value;
/** What is no number is passed on, so that the schema refuses it like any wrong type. */
const number: Parse = (value) => (/^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value);
const flag: Parse = (value) => {
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  return /^(0|false|no|off)$/i.test(value) ? false : value;
};
const list: Parse = (value) => split(value, ',');
/** `opus=sonnet,sonnet=haiku` */
const pairs: Parse = (value) =>
  Object.fromEntries(
    split(value, ',').map((pair) => {
      const [name = '', to = ''] = pair.split('=');
      return [name.trim(), to.trim()];
    }),
  );
const paths: Parse = (value) => split(value, delimiter);

/** Every environment variable that is a setting: name, key, how to read it. The first of two names for a key wins. */
const VARIABLES: readonly [name: string, path: readonly [string, string?], parse: Parse][] = [
  ['BGA_MODEL_PROVIDER', ['provider'], text],
  ['ANTHROPIC_BASE_URL', ['anthropicBaseUrl'], text],
  ['BGA_MODEL_HAIKU', ['models', 'haiku'], text],
  ['BGA_MODEL_SONNET', ['models', 'sonnet'], text],
  ['BGA_MODEL_OPUS', ['models', 'opus'], text],
  ['BGA_EXTRA_MODELS', ['extraModels'], list],
  ['BGA_WORKSPACE_ROOTS', ['workspaceRoots'], paths],
  ['BGA_TOOL_PREFIX', ['toolPrefix'], text],
  ['BGA_MAX_TURNS', ['limits', 'maxTurns'], number],
  ['BGA_TIMEOUT_MS', ['limits', 'timeoutMs'], number],
  ['BGA_ASK_TIMEOUT_MS', ['limits', 'askTimeoutMs'], number],
  ['BGA_MAX_REPEATED_CALLS', ['limits', 'maxRepeatedCalls'], number],
  ['BGA_MAX_OUTPUT_TOKENS', ['limits', 'maxOutputTokens'], number],
  ['BGA_MAX_COST_USD', ['limits', 'maxCostUsd'], number],
  ['BGA_MAX_TOTAL_TOKENS', ['limits', 'maxTotalTokens'], number],
  ['BGA_MAX_RUNNING_AGENTS', ['sessionLimits', 'maxRunningAgents'], number],
  ['BGA_MAX_SPAWNS_PER_MINUTE', ['sessionLimits', 'maxSpawnsPerMinute'], number],
  ['BGA_MODEL_IDLE_TIMEOUT_MS', ['modelIdleTimeoutMs'], number],
  ['BGA_MODEL_TOTAL_TIMEOUT_MS', ['modelTotalTimeoutMs'], number],
  ['BGA_MODEL_PROBE_MS', ['modelProbeMs'], number],
  ['BGA_SESSION_LEASE_MS', ['sessionLeaseMs'], number],
  ['BGA_IDLE_STOP_MS', ['idleStopMs'], number],
  ['BGA_CONCURRENCY_HAIKU', ['concurrency', 'haiku'], number],
  ['BGA_CONCURRENCY_SONNET', ['concurrency', 'sonnet'], number],
  ['BGA_CONCURRENCY_OPUS', ['concurrency', 'opus'], number],
  ['BGA_CONCURRENCY_WORKSPACE', ['concurrency', 'workspace'], number],
  ['BGA_RATE_HAIKU', ['ratePerSecond', 'haiku'], number],
  ['BGA_RATE_SONNET', ['ratePerSecond', 'sonnet'], number],
  ['BGA_RATE_OPUS', ['ratePerSecond', 'opus'], number],
  ['BGA_SHUTDOWN_GRACE_MS', ['shutdownGraceMs'], number],
  ['BGA_FALLBACK_AFTER_MS', ['fallback', 'afterMs'], number],
  ['BGA_FALLBACK_TO', ['fallback', 'to'], pairs],
  ['BGA_HTTP_HOST', ['http', 'host'], text],
  ['BGA_HTTP_PORT', ['http', 'port'], number],
  ['BGA_HTTP_ALLOWED_HOSTS', ['http', 'allowedHosts'], list],
  ['BGA_HTTP_ALLOWED_ORIGINS', ['http', 'allowedOrigins'], list],
  ['BGA_HTTP_MAX_BODY_BYTES', ['http', 'maxBodyBytes'], number],
  ['BGA_HTTP_HEADERS_TIMEOUT_MS', ['http', 'headersTimeoutMs'], number],
  ['BGA_HTTP_REQUEST_TIMEOUT_MS', ['http', 'requestTimeoutMs'], number],
  ['BGA_HTTP_KEEP_ALIVE_MS', ['http', 'keepAliveMs'], number],
  ['BGA_HTTP_MAX_CONNECTIONS', ['http', 'maxConnections'], number],
  ['BGA_HTTP_REQUESTS_PER_MINUTE', ['http', 'requestsPerMinute'], number],
  ['BGA_HTTP_MAX_SESSIONS', ['http', 'maxSessions'], number],
  ['BGA_HTTP_SESSION_IDLE_MS', ['http', 'sessionIdleMs'], number],
  ['BGA_HTTP_PUBLIC_URL', ['http', 'publicUrl'], text],
  ['BGA_HTTP_ISSUER', ['http', 'issuer'], text],
  ['BGA_HTTP_AUDIENCE', ['http', 'audience'], text],
  ['BGA_HTTP_JWKS_URL', ['http', 'jwksUrl'], text],
  ['BGA_HTTP_SCOPES', ['http', 'scopes'], list],
  ['BGA_METRICS_HOST', ['metrics', 'host'], text],
  ['BGA_METRICS_PORT', ['metrics', 'port'], number],
  ['BGA_LOG_FORMAT', ['log', 'format'], text],
  ['BGA_LOG_LEVEL', ['log', 'level'], text],
  ['BGA_OWNER', ['owner'], text],
  ['BGA_SHARE_AGENTS', ['shareAgents'], flag],
  ['BGA_COMPRESSION', ['compression'], flag],
  ['BGA_WORKSPACE_QUEUE', ['workspaceQueue'], text],
  ['BGA_NAMESPACE', ['namespace'], text],
  ['TEMPORAL_NAMESPACE', ['namespace'], text],
  ['BGA_LOCAL', ['local'], flag],
  ['TEMPORAL_ADDRESS', ['temporal', 'address'], text],
  ['TEMPORAL_PROFILE', ['temporal', 'profile'], text],
  ['TEMPORAL_CONFIG_FILE', ['temporal', 'configFile'], (value) => resolve(value)],
  ['BGA_TEMPORAL_BINARY', ['temporalBinary'], text],
  ['BGA_NO_DOWNLOAD', ['noDownload'], flag],
];

/** Read elsewhere: where the state lives is settled before there is a configuration, and keys are never part of it. */
const OTHER_VARIABLES = ['BGA_HOME', 'BGA_ENCRYPTION_KEY', 'BGA_HTTP_TOKEN'];
/** What the tool hands to processes that it starts itself; no setting of the user's. */
const INTERNAL_PREFIX = 'BGA_INTERNAL_';

export interface EnvironmentLayer {
  settings: Record<string, unknown>;
  /** The variable behind each dotted key. */
  variables: ReadonlyMap<string, string>;
}

/** An empty variable counts as not set, as in most tools. */
export function readEnvironment(env: Env): EnvironmentLayer {
  const settings: Record<string, unknown> = {};
  const groups: Record<string, Record<string, unknown>> = {};
  const variables = new Map<string, string>();
  for (const [name, path, parse] of VARIABLES) {
    const key = dotted(path);
    const value = env[name];
    if (!value || variables.has(key)) continue;
    variables.set(key, name);
    const [first, second] = path;
    if (second === undefined) settings[first] = parse(value);
    else groups[first] = { ...groups[first], [second]: parse(value) };
  }
  return { settings: { ...settings, ...groups }, variables };
}

/** A mistyped variable would otherwise be ignored in silence. */
export function unknownVariables(env: Env): string[] {
  const known = [...VARIABLES.map(([name]) => name), ...OTHER_VARIABLES];
  return Object.keys(env)
    .filter((name) => name.startsWith('BGA_') && !name.startsWith(INTERNAL_PREFIX) && !known.includes(name))
    .map((name) => `Unknown environment variable ${name}.${didYouMean(name, known)}`);
}

/** The variable that sets a key, for messages that say where it may be set. */
export function variableFor(key: string): string | undefined {
  return VARIABLES.find(([, path]) => dotted(path) === key || path[0] === key)?.[0];
}

function dotted(path: readonly [string, string?]): string {
  return path.filter((part) => part !== undefined).join('.');
}

function split(value: string, separator: string): string[] {
  return value
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
