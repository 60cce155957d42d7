/** What of the environment is secret. It loads nothing, so that every command can afford it. */
import type { Env } from '../config/environment';

const SECRET_VARIABLES = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'TEMPORAL_API_KEY',
  'BGA_ENCRYPTION_KEY',
  'BGA_HTTP_TOKEN',
];

export function secretsOfEnvironment(env: Env): string[] {
  const named = SECRET_VARIABLES.flatMap((name) => (env[name] ?? '').split(/[\s,]+/));
  const headers = (env.OTEL_EXPORTER_OTLP_HEADERS ?? '')
    .split(',')
    .map((each) => each.replace(/^[^=]*=/, ''));
  const metadata = Object.entries(env).flatMap(([name, value = '']) =>
    name.startsWith('TEMPORAL_GRPC_META_') ? [value] : [],
  );
  return [...named, ...headers, ...metadata, ...inAddress(env.ANTHROPIC_BASE_URL)].filter(
    (secret) => secret !== '',
  );
}

/** Gateways take passwords and tokens in their address. */
function inAddress(address = ''): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password, searchParams } = new URL(address);
  return [username, password, ...searchParams.values()];
}
