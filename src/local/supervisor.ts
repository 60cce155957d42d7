/** Keeps a Temporal server and a worker alive until it is told to stop. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Board } from './board';
import { type Lock, tryLock } from './lock';
import { tailLog, trimLog } from './logs';
import { STOP_GRACE_MS, stopOrphans } from './orphans';
import { type Context, runServer, runWorker } from './parts';
import { type LocalPaths, localPaths } from './paths';
import { stopProcess } from './process';
import { backoffMs, failuresAfter, isHopeless } from './restarts';
import { readState } from './state';
import type { SupervisorConfig } from './supervisorConfig';

const POLL_MS = 20;
const LOCK_CHECK_MS = 2_000;

export class Supervisor {
  readonly #stop = new AbortController();
  #failure: string | undefined;

  constructor(
    private readonly config: SupervisorConfig,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  stop(): void {
    this.#stop.abort();
  }

  /** Something that starting again would not mend: stop everything, and leave the reason behind. */
  fail(message: string): void {
    this.#failure ??= message;
    log(message);
    this.stop();
  }

  /** Resolves with the exit code. Another supervisor that is up already is a success: that is all that was wanted. */
  async run(): Promise<number> {
    const paths = localPaths(this.config.stateDir);
    const lock = await tryLock(paths.lockDir);
    if (!lock.held) return 0;
    try {
      return await this.#supervise(paths, lock);
    } finally {
      lock.release();
    }
  }

  async #supervise(paths: LocalPaths, lock: Lock): Promise<number> {
    for (const file of [paths.supervisorLog, paths.serverLog, paths.workerLog]) trimLog(file);
    log(`supervisor ${process.pid} starts`);
    const previous = readState(paths);
    for (const { what, pid, how } of await stopOrphans(paths, previous))
      log(`orphaned ${what} ${pid}: ${how}`);

    const board = new Board(paths, this.config, Date.now(), lock.isIntact);
    board.update({});
    const context = { config: this.config, paths, env: this.env, board, stop: this.#stop.signal };
    await Promise.all([
      this.#keepServer(context),
      this.#keepWorker(context),
      this.#shutDown(context),
      this.#keepLock(lock),
    ]);
    if (this.#failure === undefined) board.remove();
    else board.fail(this.#failure, Date.now());
    log(`supervisor ${process.pid} ends`);
    return this.#failure === undefined ? 0 : 1;
  }

  #keepServer(context: Context): Promise<void> {
    const { board, paths } = context;
    return this.#keepAlive(board, 'server', paths.serverLog, async () => {
      const how = await runServer(context);
      board.update({ serverReady: false });
      return how;
    });
  }

  #keepWorker(context: Context): Promise<void> {
    const { board, paths } = context;
    return this.#keepAlive(board, 'worker', paths.workerLog, async () => {
      await this.#until(() => board.facts.serverReady);
      const how = await runWorker(context, board.state.address ?? '');
      board.update({ workerReady: false }, { workers: [] });
      return how;
    });
  }

  async #keepAlive(
    board: Board,
    part: 'server' | 'worker',
    logFile: string,
    run: () => Promise<string>,
  ): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const startedMs = Date.now();
      const how = await run().catch((error: unknown) => `failed (${String(error)})`);
      if (this.#stop.signal.aborted) return;
      failures = failuresAfter(failures, Date.now() - startedMs);
      const message = `The ${part} ${how}. Its log is ${logFile}; it ends with:\n${tailLog(logFile, 5)}`;
      log(message);
      if (isHopeless(failures, board.facts.everReady)) return this.fail(message);
      board.update({}, { lastError: { atMs: Date.now(), message } });
      await this.#pause(backoffMs(failures));
      board.countRestart(part);
    }
  }

  /** Whoever removes the folder removes the lock with it; two supervisors must not fight over one home. */
  async #keepLock(lock: Lock): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#pause(LOCK_CHECK_MS);
      if (!lock.isIntact()) this.stop();
    }
  }

  /** First the worker, while it still can tell the server what it has; then the server. */
  async #shutDown({ board, stop }: Context): Promise<void> {
    if (!stop.aborted) await once(stop, 'abort');
    board.update({ stopping: true });
    for (const worker of board.state.workers)
      log(`worker ${worker.pid}: ${await stopProcess(worker, STOP_GRACE_MS)}`);
    const { server } = board.state;
    if (server) log(`server ${server.pid}: ${await stopProcess(server, STOP_GRACE_MS)}`);
  }

  /** Resolves when the condition holds, or the supervisor is to stop. */
  async #until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#stop.signal.aborted) await this.#pause(POLL_MS);
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

export function log(text: string): void {
  console.error(`${new Date().toISOString()} ${text}`);
}
