/** What the local service is told, from the configuration. */
import { join } from 'node:path';
import { attributeTypes } from '../workflows/attributes';
import type { Config, Env } from './config';
import { cacheDirOf, type LocalOptions, type SearchAttributeType } from './local';
import { VERSION } from './version';

/** The names of Temporal's wire types, by the SDK's. */
const TYPES: Partial<Record<string, SearchAttributeType>> = {
  KEYWORD: 'Keyword',
  DOUBLE: 'Double',
  DATETIME: 'Datetime',
};

export function searchAttributes(): Record<string, SearchAttributeType> {
  return Object.fromEntries(
    Object.entries(attributeTypes).map(([name, type]) => [name, TYPES[type] ?? 'Keyword']),
  );
}

export function localOptions(config: Config, env: Env): LocalOptions {
  return {
    stateDir: config.stateDir,
    cacheDir: cacheDirOf(env),
    env: config.noDownload ? { ...env, BGA_NO_DOWNLOAD: '1' } : env,
    workerCommand: [process.execPath, join(__dirname, 'cli', 'main.js'), 'worker'],
    namespace: config.namespace,
    searchAttributes: searchAttributes(),
    version: VERSION,
    ...(config.idleStopMs === undefined ? {} : { idleStopMs: config.idleStopMs }),
    ...(config.temporalBinary === undefined ? {} : { serverBinary: config.temporalBinary }),
  };
}
