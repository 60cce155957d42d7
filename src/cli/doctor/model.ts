import { probeAnthropic, type Reach } from '../../../activities/model/anthropic-probe';
import { type Config, ConfigError, type Env, isLocal, readApiKey } from '../../config';
import type { Check } from '../../local';

const SET_KEY = 'set ANTHROPIC_API_KEY, or run: bga config set-key';

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
  return [...checks, await checkReach({ apiKey, baseUrl: anthropicBaseUrl })];
}

async function checkReach(access: {
  apiKey: string | undefined;
  baseUrl: string | undefined;
}): Promise<Check> {
  const { apiKey, baseUrl } = access;
  const name = 'model reachable';
  try {
    const options = {
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
    };
    return { name, ...inWords(await probeAnthropic(options, PROBE_MS), baseUrl) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, ok: false, detail, fix: 'Set ANTHROPIC_BASE_URL again' };
  }
}

/** What the API's answer, or none, means to whoever runs agents. Pure. */
export function inWords(reach: Reach, baseUrl: string | undefined): Omit<Check, 'name'> {
  const where = baseUrl === undefined ? "Anthropic's API" : new URL(baseUrl).host;
  const bad = (detail: string, fix: string) => ({ ok: false, detail: `${where} ${detail}`, fix });
  const address = baseUrl === undefined ? 'a proxy or firewall' : 'ANTHROPIC_BASE_URL, a proxy or firewall';
  switch (reach.kind) {
    case 'answers':
      return { ok: true, detail: `${where} answers${reach.note ? `; ${reach.note}` : ''}`, fix: '' };
    case 'bad_key':
      return bad(`rejects the key (${reach.said})`, `Put it right: ${SET_KEY}`);
    case 'no_access':
      return bad(
        `does not let this key in (${reach.said})`,
        `Give it access, or use another one: ${SET_KEY}`,
      );
    case 'no_model_api':
      return bad(`sends ${reach.said}`, `See whether something else answers there: ${address}`);
    case 'refuses':
      return bad(`refuses (${reach.said})`, 'See the account in its console, and a proxy in between');
    case 'fails':
      return bad(`fails (${reach.said})`, 'Nothing to mend here: agents try again until it is back');
    case 'unreachable':
      return bad(
        `cannot be reached (${reach.said})`,
        `See whether it is up, and what is in between: ${address}`,
      );
    case 'silent':
      return bad(
        `sent nothing for ${reach.timeoutMs / 1_000} s`,
        `See whether it is up, and what is in between: ${address}`,
      );
  }
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
