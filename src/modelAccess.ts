/** What a worker started from this configuration and environment would reach its model with. */
import { type Config, type Env, readApiKey } from './config';
import { fingerprint, type ModelAccess } from './local';

export function modelAccess(config: Config, env: Env): ModelAccess {
  const { provider, stateDir, anthropicBaseUrl, apiKeySource } = config;
  const ofKey = keyPrint(stateDir, env);
  return {
    provider,
    key: apiKeySource ?? 'none',
    ...(anthropicBaseUrl === undefined ? {} : { baseUrl: withoutCredentials(anthropicBaseUrl) }),
    ...(ofKey === undefined ? {} : { fingerprint: ofKey }),
  };
}

/** Of the key in the file: what a worker without one in its environment uses from its next call on. */
export function fileKeyPrint({ stateDir }: Config): string | undefined {
  return keyPrint(stateDir, {});
}

/** A key that cannot be used is the business of whoever calls the model with it. */
function keyPrint(stateDir: string, env: Env): string | undefined {
  try {
    const key = readApiKey(stateDir, env);
    return key === undefined ? undefined : fingerprint(key);
  } catch {
    return undefined;
  }
}

function withoutCredentials(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
