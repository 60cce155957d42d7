import { type Config, ConfigError, type Env, isLocal, readApiKey } from '../../config';
import type { Check } from '../../local';

const SET_KEY = 'set ANTHROPIC_API_KEY, or run: bga config set-key';

/** Who answers agents, and whether the key for it can be used. */
export function checkModel({ provider, anthropicBaseUrl, stateDir, ...config }: Config, env: Env): Check[] {
  const name = 'model';
  const key = tryKey(stateDir, env);
  if ('problem' in key) return [key.problem];
  if (provider === 'offline') {
    const detail = `offline scout: no language model. For Claude ${SET_KEY}`;
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
