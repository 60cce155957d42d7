/** Whether the model's API can be reached and takes the key, in words: for doctor, here or where a worker is. */
import { probeAnthropic, type Reach } from '../activities/model/anthropic-probe';
import type { ModelReach } from '../workflows/doctor';

export const SET_KEY = 'set ANTHROPIC_API_KEY, or run: bga config set-key';

export async function reachOf(
  { apiKey, baseUrl }: Record<'apiKey' | 'baseUrl', string | undefined>,
  timeoutMs: number,
): Promise<ModelReach> {
  try {
    const options = {
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
    };
    return inWords(await probeAnthropic(options, timeoutMs), baseUrl);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, detail, fix: 'Set ANTHROPIC_BASE_URL again' };
  }
}

/** What the API's answer, or none, means to whoever runs agents. Pure. */
export function inWords(reach: Reach, baseUrl: string | undefined): ModelReach {
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
