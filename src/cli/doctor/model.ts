import { type Config, ConfigError, type Env, isLocal, readApiKey } from '../../config';
import type { Check } from '../../local';
import { reachOf, SET_KEY } from '../../modelReach';

/** Longer than any list of models takes; doctor is asked by somebody who waits. */
const PROBE_MS = 5_000;

/** Who answers agents, whether the key for it can be used, and whether it answers. */
export async function checkModel(config: Config, env: Env): Promise<Check[]> {
  const checks = checkAccess(config, env);
  const { provider, anthropicBaseUrl, stateDir, apiKeySource } = config;
  const canBeAsked = anthropicBaseUrl !== undefined || apiKeySource !== undefined;
  // On a cluster it may be the workers alone that have a key.
  if (provider === 'offline' || !canBeAsked || checks.some(({ ok }) => !ok)) return checks;
  const apiKey = readApiKey(stateDir, env);
  return [
    ...checks,
    { name: 'model reachable', ...(await reachOf({ apiKey, baseUrl: anthropicBaseUrl }, PROBE_MS)) },
  ];
}

function checkAccess({ provider, anthropicBaseUrl, stateDir, ...config }: Config, env: Env): Check[] {
  const name = 'model';
  const key = tryKey(stateDir, env);
  if ('problem' in key) return [key.problem];
  if (provider === 'offline') {
    const withWorkers = isLocal(config) ? '' : '; where the workers have one: BGA_MODEL_PROVIDER=anthropic';
    const detail = `offline scout: no language model. For Claude ${SET_KEY}${withWorkers}`;
    return [{ name, ok: true, detail, fix: '' }];
  }
  const where = anthropicBaseUrl ? ` at ${new URL(anthropicBaseUrl).host}` : '';
  const found = config.apiKeySource ? `from ${config.apiKeySource}` : 'not set';
  const ok = key.isSet || anthropicBaseUrl !== undefined || !isLocal(config);
  return [
    { name, ok, detail: `anthropic${where}, key ${found}`, fix: ok ? '' : `To use Claude, ${SET_KEY}` },
  ];
}

function tryKey(stateDir: string, env: Env): { isSet: boolean } | { problem: Check } {
  try {
    return { isSet: readApiKey(stateDir, env) !== undefined };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [detail = '', command] = error.message.split(' Run: ');
    const fix = command === undefined ? `To mend it, ${SET_KEY}` : `Run: ${command}`;
    return { problem: { name: 'api key', ok: false, detail, fix } };
  }
}
