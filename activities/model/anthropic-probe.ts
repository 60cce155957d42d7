/** Whether the API can be reached and takes the key, by the one call that costs nothing: the list of its models. */
import { oneLine } from '../../workflows/text';
import { redact } from '../redact';
import { type AccessOptions, connect, readAccess } from './anthropic-access';
import { factsOf } from './anthropic-errors';

export type Reach =
  /** It answers; `note` is what there is to say beside that. */
  | { kind: 'answers'; note?: string }
  | { kind: 'bad_key' | 'no_access' | 'no_model_api' | 'refuses' | 'fails' | 'unreachable'; said: string }
  | { kind: 'silent'; timeoutMs: number };

/** How much of the answer is quoted. */
const SAID_CHARS = 200;

export async function probeAnthropic(options: AccessOptions, timeoutMs: number): Promise<Reach> {
  const access = readAccess(options);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const list = await connect(access, timeoutMs, fetch).get<unknown>('/v1/models?limit=1', { signal });
    return typeof list === 'object' ? { kind: 'answers' } : NOT_A_LIST;
  } catch (error) {
    if (signal.aborted) return { kind: 'silent', timeoutMs };
    const { status, said } = factsOf(error, Date.now());
    const clean = oneLine(redact(said, access.key === undefined ? [] : [access.key]), SAID_CHARS);
    return status === undefined
      ? { kind: 'unreachable', said: clean }
      : ofStatus(status, clean === '' ? String(status) : `${status}: ${clean}`);
  }
}

/** A proxy's login page, say. */
const NOT_A_LIST: Reach = { kind: 'no_model_api', said: 'a text in place of a list of models' };

/** Gateways need not have the list: that they say so is an answer. */
const NO_LIST: readonly number[] = [404, 405, 501];

function ofStatus(status: number, said: string): Reach {
  if (NO_LIST.includes(status)) return { kind: 'answers', note: 'it has no list of its models' };
  if (status === 429) return { kind: 'answers', note: 'it limits the rate just now' };
  if (status === 401) return { kind: 'bad_key', said };
  if (status === 403) return { kind: 'no_access', said };
  return { kind: status >= 500 ? 'fails' : 'refuses', said };
}
