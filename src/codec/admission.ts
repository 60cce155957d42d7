/** Who may use the codec server: decided from the head of a request alone. */
import type { IncomingHttpHeaders } from 'node:http';
import { isToken } from './token';

const DIRECTIONS = ['encode', 'decode'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface RequestHead {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}

export interface Rules {
  token: string;
  port: number;
  /** Of the Web UIs that may ask. */
  origins: readonly string[];
}

export type Admission =
  | { kind: 'refused'; status: 401 | 403 | 404 | 405; why: string }
  | { kind: 'preflight' }
  | { kind: 'admitted'; direction: Direction };

/**
 * A page of another origin, and one that has its own name resolve to this machine, are refused before the token is
 * looked at. The Web UI can send no header of its own choosing over http, so the token may also come first in the path.
 */
export function admit({ method, url, headers }: RequestHead, { token, port, origins }: Rules): Admission {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? ''))
    return refused(403, `This server answers only under ${hosts.join(' and ')}.`);
  if (headers.origin !== undefined && !origins.includes(headers.origin))
    return refused(403, 'This page may not use it. Allow it with: bga codec-server --ui-origin ORIGIN');
  if (method === 'OPTIONS') return { kind: 'preflight' };
  const parts = (url.split('?')[0] ?? '').split('/').slice(1);
  const inPath = parts.length === 2 ? parts[0] : undefined;
  const inHeader = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (!isToken(inPath ?? inHeader ?? '', token))
    return refused(401, 'The token is missing or wrong. See: bga codec-server --show-token');
  const direction = DIRECTIONS.find((each) => each === parts.at(-1));
  if (!direction) return refused(404, 'There is only /encode and /decode.');
  if (method !== 'POST') return refused(405, 'Use POST.');
  return { kind: 'admitted', direction };
}

function refused(status: 401 | 403 | 404 | 405, why: string): Admission {
  return { kind: 'refused', status, why };
}
