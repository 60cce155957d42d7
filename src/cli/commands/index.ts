import type { CliCommand } from '../command';
import { codecServerCommand } from './codecServer';
import { configCommand } from './config';
import { costCommand } from './cost';
import { doctorCommand } from './doctor';
import { downCommand } from './down';
import { exportCommand } from './export';
import { hookCommand } from './hook';
import { installCommand, uninstallCommand } from './install';
import { killCommand } from './kill';
import { listCommand } from './list';
import { mcpCommand } from './mcp';
import { outputCommand } from './output';
import { pruneCommand } from './prune';
import { resumeCommand } from './resume';
import { runCommand } from './run';
import { sendCommand } from './send';
import { setupCommand } from './setup';
import { spawnCommand } from './spawn';
import { statusCommand } from './status';
import { typesCommand } from './types';
import { upCommand } from './up';
import { waitCommand } from './wait';
import { watchCommand } from './watch';
import { workerCommand } from './worker';

/** Every command of `bga`, in the order of its help. */
export const COMMANDS: readonly CliCommand[] = [
  runCommand,
  spawnCommand,
  listCommand,
  statusCommand,
  outputCommand,
  waitCommand,
  sendCommand,
  watchCommand,
  killCommand,
  resumeCommand,
  costCommand,
  exportCommand,
  pruneCommand,
  upCommand,
  downCommand,
  doctorCommand,
  mcpCommand,
  installCommand,
  uninstallCommand,
  hookCommand,
  typesCommand,
  configCommand,
  codecServerCommand,
  workerCommand,
  setupCommand,
];
