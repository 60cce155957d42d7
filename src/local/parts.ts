/** The two programs that the supervisor keeps alive: one run of each, from start to end. */
import type { Board } from './board';
import { type Child, startChild } from './child';
import { refuseDatabase } from './database';
import { log } from './log';
import { beginDatabase, databaseIsMade } from './newDatabase';
import { STOP_GRACE_MS } from './orphans';
import type { LocalPaths } from './paths';
import type { PortClaims } from './portClaims';
import { choosePorts, lastPorts, recordPorts } from './ports';
import { stopProcess } from './process';
import type { Program } from './program';
import { Unmendable } from './restarts';
import { serverArguments, serverEnv, withoutTemporal } from './server';
import { type SupervisorConfig, type WorkerReady, workerReady } from './supervisorConfig';
import { recordDatabaseVersion } from './version';

const READY_TIMEOUT_MS = 30_000;

export interface Context {
  config: SupervisorConfig;
  paths: LocalPaths;
  env: NodeJS.ProcessEnv;
  program: Program;
  board: Board;
  /** Held for as long as the supervisor lives, also while it starts its server again: its workers would go on to whoever answers there. */
  claims: PortClaims;
  /** Aborted when the supervisor is to end; nothing is started afterwards. */
  stop: AbortSignal;
}

/** Resolves with how the server ended. */
export async function runServer(context: Context): Promise<string> {
  const { config, paths, env, program, board, claims, stop } = context;
  const version = await program.version(env);
  const refusal = refuseDatabase(paths, { path: program.path, version });
  if (refusal !== undefined) throw new Unmendable(refusal);
  const { notes, ...ports } = await choosePorts(lastPorts(paths) ?? config.wantedPorts, claims);
  if (stop.aborted) return 'was not started';
  const interrupted = beginDatabase(paths);
  if (interrupted !== undefined) log(interrupted);
  const child = startChild({
    program: program.path,
    args: serverArguments(paths, ports, config.namespace),
    env: serverEnv(env),
    cwd: paths.stateDir,
    logFile: paths.serverLog,
    ipc: false,
  });
  board.update({}, { server: child.ref, serverVersion: version });
  const address = `127.0.0.1:${ports.port}`;
  const problem = await untilReady(child, async (signal) => {
    await prepare(address, config, signal);
    recordPorts(paths, ports);
    recordDatabaseVersion(paths, version);
    databaseIsMade(paths);
  });
  if (problem !== undefined) return problem;
  const news = interrupted === undefined ? notes : [...notes, interrupted];
  const said = [...new Set([...board.state.notes, ...news])];
  const moved = board.state.address !== undefined && board.state.address !== address;
  board.update({ serverReady: true }, { address, uiUrl: `http://127.0.0.1:${ports.uiPort}`, notes: said });
  // A worker knows only the address it was started with; it is started again with the new one.
  if (moved) await Promise.all(board.state.workers.map((worker) => stopProcess(worker, STOP_GRACE_MS)));
  claims.keepOnly([ports.port, ports.uiPort]);
  return child.exited;
}

/** The client library takes half a second to load: meanwhile the server starts. */
async function prepare(address: string, config: SupervisorConfig, signal: AbortSignal): Promise<void> {
  const { prepareNamespace } = await import('./namespace.js');
  await prepareNamespace(address, config, signal);
}

/** Resolves with how the worker ended. It needs a server that answers, and is told where that is as any client would be. */
export async function runWorker(
  { config, paths, env, board, stop }: Context,
  address: string,
): Promise<string> {
  if (stop.aborted) return 'was not started';
  const [program, ...args] = config.workerCommand;
  const child = startChild({
    program,
    args,
    env: { ...withoutTemporal(env), TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: config.namespace },
    cwd: paths.stateDir,
    logFile: paths.workerLog,
    ipc: true,
  });
  board.update({}, { workers: child.ref ? [child.ref] : [] });
  const problem = await untilReady(child, async (signal) => {
    const { type: _, pid: __, ...startedWith } = await readyMessage(child, signal);
    board.update({ workerReady: true }, { workspaceRoots: undefined, ...startedWith });
  });
  const how = problem ?? (await child.exited);
  if (child.ref && !stop.aborted) void relieve(child.ref.pid, how, address, config.namespace);
  return how;
}

/** Beside the start of the next worker. Where it cannot be done, the missed heartbeats do it some seconds later. */
async function relieve(pid: number, how: string, address: string, namespace: string): Promise<void> {
  try {
    const { handOver } = await import('./handOver.js');
    const calls = await handOver({ address, namespace, pid, how });
    if (calls > 0) log(`worker ${pid}: ${calls} calls that it had under way are handed over`);
  } catch (error) {
    log(
      `worker ${pid}: its calls wait for their time-out (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

function readyMessage(child: Child, signal: AbortSignal): Promise<WorkerReady> {
  return new Promise((resolve, reject) => {
    child.process.on('message', (message) => {
      const ready = workerReady.safeParse(message);
      if (ready.success) resolve(ready.data);
    });
    signal.addEventListener('abort', () => reject(new Error('it did not say that it is ready')), {
      once: true,
    });
  });
}

/** What went wrong before the child was ready, if anything did; the child has then ended. */
async function untilReady(
  child: Child,
  ready: (signal: AbortSignal) => Promise<void>,
): Promise<string | undefined> {
  const exit = new AbortController();
  const signal = AbortSignal.any([exit.signal, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  const problem = ready(signal).then(
    () => undefined,
    (error: unknown) => `was not ready (${error instanceof Error ? error.message : String(error)})`,
  );
  const first = await Promise.race([child.exited, problem]);
  exit.abort();
  if (first !== undefined && child.ref) await stopProcess(child.ref, 2_000);
  return first;
}
