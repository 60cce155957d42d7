/** What of a request can be decided from its head alone, before anything of its body is read. */
import {
  localhostAllowedHostnames,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import type { HttpSettings } from '../../config/config';
import { json, refusal } from './reply';

export const MCP_PATH = '/mcp';
const HEALTH_PATH = '/health';

export type HeadRules = Pick<HttpSettings, 'host' | 'allowedHosts' | 'allowedOrigins'>;

/** A page of another origin, and one that has its own name resolve to this machine. */
export function refuseStrangers(
  head: Request,
  { host, allowedHosts, allowedOrigins }: HeadRules,
): Response | undefined {
  const here = localhostAllowedHostnames();
  const named = validateHostHeader(head.headers.get('host'), [...here, bracketed(host), ...allowedHosts]);
  if (!named.ok)
    return refusal(403, `${named.message}. Whoever runs this server may add it to http.allowedHosts.`);
  const origin = validateOriginHeader(head.headers.get('origin'), [...here, ...allowedOrigins]);
  if (origin.ok) return undefined;
  return refusal(403, `${origin.message}. Whoever runs this server may add it to http.allowedOrigins.`);
}

/** As a URL has it. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Says that it lives, to whoever supervises it, and nothing else. */
export function health(head: Request, isDraining: boolean): Response | undefined {
  if (new URL(head.url).pathname !== HEALTH_PATH) return undefined;
  if (head.method !== 'GET' && head.method !== 'HEAD')
    return refusal(405, 'Use GET.', { allow: 'GET, HEAD' });
  return isDraining ? json({ status: 'draining' }, { status: 503 }) : json({ status: 'ok' });
}

export function refuseUnknownPath(head: Request): Response | undefined {
  const { pathname } = new URL(head.url);
  return pathname === MCP_PATH ? undefined : refusal(404, `There is only ${MCP_PATH} and ${HEALTH_PATH}.`);
}

/**
 * A body that says itself that it is too long. The connection stays: what is still on its way is read and dropped, as long as a
 * request may take, because who is cut off while he sends never reads the answer.
 */
export function refuseTooLong(head: Request, maxBodyBytes: number): Response | undefined {
  if (!(Number(head.headers.get('content-length')) > maxBodyBytes)) return undefined;
  return refusal(
    413,
    `A body has at most ${maxBodyBytes} bytes. Put what is long into a file and name that.`,
  );
}

/** The token that a request brings. */
export function bearerOf(head: Request): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(head.headers.get('authorization') ?? '')?.[1];
}
