/** What the local service is told, from the configuration. */
import { delimiter, join } from 'node:path';
import { attributeTypes } from '../workflows/attributes';
import { openKeyring } from './codec';
import type { Config, Env } from './config';
import { cacheDirOf, type LocalOptions } from './local';
import { fileKeyPrint, modelAccess } from './modelAccess';
import type { SearchAttributeType } from './namespace/plan';
import { programFolders } from './programFolders';
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

const MAIN = join(__dirname, 'cli', 'main.js');

export function localOptions(config: Config, env: Env): LocalOptions {
  const fileKey = fileKeyPrint(config);
  return {
    stateDir: config.stateDir,
    cacheDir: cacheDirOf(env),
    env: {
      ...env,
      ...(config.noDownload ? { BGA_NO_DOWNLOAD: '1' } : {}),
      ...(env.PATH === undefined ? {} : { PATH: programFolders(env.PATH).join(delimiter) }),
      // A relative one would mean another folder to the worker, which works elsewhere.
      ...(env.BGA_HOME ? { BGA_HOME: config.stateDir } : {}),
    },
    workerCommand: [process.execPath, MAIN, 'worker'],
    namespace: config.namespace,
    searchAttributes: searchAttributes(),
    log: config.log,
    ...(config.idleStopMs === undefined ? {} : { idleStopMs: config.idleStopMs }),
    wanted: {
      version: VERSION,
      access: modelAccess(config, env),
      encryptionKeys: encryptionKeyIds(config, env),
      ...(fileKey === undefined ? {} : { fileKey }),
    },
    // Without its dependencies a worker that runs can go on, but cannot be started again.
    installation: [process.execPath, MAIN, require.resolve('@temporalio/worker')],
    ...(config.temporalBinary === undefined ? {} : { serverBinary: config.temporalBinary }),
  };
}

/** A file of keys that cannot be read is the business of whoever opens the agents with it. */
function encryptionKeyIds({ stateDir }: Config, env: Env): string[] {
  try {
    return openKeyring(stateDir, env)
      .keys()
      .map(({ id }) => id);
  } catch {
    return [];
  }
}
