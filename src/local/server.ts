/** The command line of the local Temporal server. */
import path from 'node:path';
import type { LocalPaths } from './paths';
import type { Ports } from './ports';

/** The dev server's limits are meant for many tenants or for tests; here one user has the machine. */
const DYNAMIC_CONFIG = {
  // The one shard's queues are read 20 times a second by default: 50 ms more for each step of an otherwise idle agent.
  'history.transferProcessorMaxPollRPS': 1000,
  'history.timerProcessorMaxPollRPS': 100,
  'history.visibilityProcessorMaxPollRPS': 100,
  // What is done stays among what a queue has in hand until its mark moves, and each reading of the queue goes through all of
  // that: at the default of 30 s an eighth of the server's CPU under load.
  'history.transferProcessorUpdateAckInterval': '1s',
  'history.timerProcessorUpdateAckInterval': '1s',
  'history.visibilityProcessorUpdateAckInterval': '1s',
  // An activity may be handed out with the answer that scheduled it, without a detour through matching.
  'system.enableActivityEagerExecution': true,
  // The default of 1 refuses the second reader that asks an agent something in the same instant.
  'history.MaxBufferedQueryCount': 1000,
  // With one user, partitions only make pollers miss tasks and split priority and fairness.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // Priority and fairness between sessions.
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  // Several hundred agents that heartbeat twice a second exceed the defaults of 1,200 to 3,000.
  'frontend.rps': 20_000,
  'frontend.namespaceRPS': 20_000,
  'history.rps': 20_000,
  'matching.rps': 20_000,
  'matching.persistenceMaxQPS': 20_000,
  'frontend.namespaceCount': 5_000,
  // Listing agents counts them by status: several visibility queries each time.
  'frontend.namespaceRPS.visibility': 1_000,
  // Ending a session's agents is one batch operation.
  'worker.batcherRPS': 500,
  'frontend.MaxConcurrentBatchOperationPerNamespace': 10,
} satisfies Record<string, number | boolean | string>;

/** Not a setting that the server knows: it marks the process as this installation's in any process list. */
export function serverMark(stateDir: string): string {
  return `backgroundAgents.home=${JSON.stringify(stateDir)}`;
}

export function serverArguments(paths: LocalPaths, ports: Ports, namespace: string): string[] {
  const dynamicConfig = Object.entries(DYNAMIC_CONFIG).map(
    ([key, value]) => `${key}=${JSON.stringify(value)}`,
  );
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1'],
    ...['--port', String(ports.port), '--ui-port', String(ports.uiPort)],
    // Relative to the working directory: the server puts the name into a URL, where `?`, `#` and `%` of a path would
    // have a meaning.
    ...['--db-filename', path.basename(paths.database)],
    ...['--sqlite-pragma', 'journal_mode=WAL'],
    ...['--namespace', namespace, '--log-level', 'warn'],
    ...[...dynamicConfig, serverMark(paths.stateDir)].flatMap((setting) => [
      '--dynamic-config-value',
      setting,
    ]),
  ];
}

/** Agents' credentials are the worker's business, and the binary would take its own settings from `TEMPORAL_*`. */
export function serverEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const harmless = Object.entries(withoutTemporal(env)).filter(([name]) => !SECRET.test(name));
  // Fewer collections and larger first stacks: a fifth less CPU for an agent, some tens of MB more memory.
  return { ...NAMED, ...Object.fromEntries(harmless), GOGC: '400', GODEBUG: 'adaptivestackstart=1' };
}

/** The server asks who runs it, and ends when a user id has no entry in the password file, unless these say so. */
const NAMED = { USER: 'background-agents', HOME: '/' };

const SECRET = /^ANTHROPIC_|KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i;

/** These name some other cluster, or how to log in there. */
export function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
