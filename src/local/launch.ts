/** Starts the supervisor as a process of its own, which outlives the caller and its terminal. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { RETENTION_DAYS } from '../namespace/plan';
import type { LocalOptions } from './options';
import type { LocalPaths } from './paths';
import type { ServerBinary } from './probe';
import type { Replaced } from './replaced';
import type { SupervisorConfig } from './supervisorConfig';

const DEFAULT_PORT = 7233;
const DEFAULT_UI_PORT = 8233;

export interface Launch {
  /** Undefined while it runs. 0 also means that another supervisor was there first. */
  exitCode: () => number | undefined;
}

export function launchSupervisor(
  options: LocalOptions,
  paths: LocalPaths,
  binary: ServerBinary,
  /** When it takes the place of another one. */
  replaced?: Replaced,
): Launch {
  const script = options.supervisorScript ?? path.join(__dirname, 'supervisor-main.js');
  const log = fs.openSync(paths.supervisorLog, 'a', 0o600);
  let exitCode: number | undefined;
  try {
    const config: SupervisorConfig = { ...configOf(options, paths, binary), replaced };
    const supervisor = spawn(process.execPath, [script, JSON.stringify(config)], {
      cwd: paths.stateDir,
      detached: true,
      env: options.env,
      stdio: ['ignore', log, log],
    });
    supervisor.once('error', () => {
      exitCode = 1;
    });
    supervisor.once('exit', (code) => {
      // Ended by a signal: nothing was decided, so it may be launched again.
      exitCode = code ?? 0;
    });
    supervisor.unref();
  } finally {
    fs.closeSync(log);
  }
  return { exitCode: () => exitCode };
}

function configOf(options: LocalOptions, paths: LocalPaths, binary: ServerBinary): SupervisorConfig {
  const [program, ...args] = options.workerCommand;
  if (program === undefined) throw new Error('workerCommand is empty');
  return {
    stateDir: paths.stateDir,
    binary: { path: binary.path, version: binary.version },
    workerCommand: [program, ...args],
    namespace: options.namespace,
    searchAttributes: options.searchAttributes,
    retentionDays: options.retentionDays ?? RETENTION_DAYS,
    maxLogBytes: options.maxLogBytes,
    log: options.log,
    idleStopMs: options.idleStopMs,
    version: options.wanted?.version ?? 'unknown',
    installation: options.installation ?? [],
    wantedPorts: {
      port: options.preferredPort ?? DEFAULT_PORT,
      uiPort: options.preferredUiPort ?? DEFAULT_UI_PORT,
    },
  };
}
