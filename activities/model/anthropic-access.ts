/** With what the API is reached: the key, the address, and a client for one call. */
import { Anthropic } from '@anthropic-ai/sdk';
import type { ApplicationFailure } from '@temporalio/common';
import { GOES_ON, modelFailure, NO_KEY_MESSAGE } from './failure';

export interface AccessOptions {
  /** A function is asked at every call, so that a key put right is picked up without a restart. */
  apiKey?: string | (() => string | undefined);
  /** A gateway that speaks the same API; it may do without a key. */
  baseUrl?: string;
}

export interface Access {
  key: string | undefined;
  baseUrl: string;
}

const DEFAULT_BASE_URL = 'https://api.anthropic.com';

/** @throws ApplicationFailure that tells a person what to set. */
export function readAccess({ apiKey, baseUrl }: AccessOptions): Access {
  const key = (typeof apiKey === 'function' ? apiKey() : apiKey)?.trim() || undefined;
  const gateway = baseUrl?.trim() || undefined;
  if (key === undefined && gateway === undefined)
    throw modelFailure('needs_person', NO_KEY_MESSAGE, { kind: 'bad_key' });
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw unusable('The API key holds a space or another character that no key has');
  if (gateway !== undefined && !isHttpUrl(gateway))
    throw unusable('ANTHROPIC_BASE_URL is not an http or https URL without credentials in it');
  return { key, baseUrl: gateway ?? DEFAULT_BASE_URL };
}

function unusable(what: string): ApplicationFailure {
  return modelFailure('needs_person', `${what}: correct it. ${GOES_ON}`);
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

/**
 * A client for one call. Every credential is given, so that the SDK looks for none by itself in the environment
 * or in profile files. It logs nothing: standard output may be a protocol's, and its debug log holds prompts.
 */
export function connect({ key, baseUrl }: Access, timeoutMs: number, fetching: typeof fetch): Anthropic {
  return new Anthropic({
    apiKey: key ?? 'none',
    ...(key === undefined ? { defaultHeaders: { authorization: null } } : {}),
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: Math.min(timeoutMs, 2 ** 31 - 1),
    logLevel: 'off',
    fetch: fetching,
  });
}
