/** `docker-compose.yml` as Compose reads it: with its variables filled in, and what is merged merged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../support/root';

export interface ComposeService {
  image?: string;
  build?: string;
  command?: string[];
  entrypoint?: string[];
  /** Filled in before it is parsed, as here, an empty value comes out as null. */
  environment?: Record<string, string | null>;
  volumes?: string[];
  ports?: string[];
  networks?: string[];
  configs?: { source: string; target: string }[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart?: string;
  deploy?: { replicas?: number; resources?: { limits?: Record<string, string> } };
}

export interface Compose {
  services: Record<string, ComposeService>;
  networks: Record<string, { internal?: boolean }>;
  configs: Record<string, { file: string }>;
}

export const COMPOSE_FILE = join(ROOT, 'docker-compose.yml');

/** @param env what `.env` says */
export function loadCompose(env: Readonly<Record<string, string>>): Compose {
  return parse(interpolate(readFileSync(COMPOSE_FILE, 'utf8'), env), { merge: true });
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?what is missing}`; as in Compose, empty counts as unset. */
function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest = '') => {
    const value = env[name];
    if (value) return value;
    if (kind === '?') throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

export function serviceOf({ services }: Compose, name: string): ComposeService {
  const service = services[name];
  if (!service) throw new Error(`docker-compose.yml has no service "${name}".`);
  return service;
}
