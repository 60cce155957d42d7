/** Keeps a Temporal server and a worker alive until it is told to stop. */
import { once } from 'node:events';
import { Board } from './board';
import { DiskWatch } from './diskWatch';
import { afterSupervisor } from './endings';
import { untilIdle } from './idle';
import { type Kept, keepAlive } from './keepAlive';
import { type Lock, tryLock } from './lock';
import { log } from './log';
import { STOP_GRACE_MS, stopOrphans } from './orphans';
import { type Context, runServer, runWorker } from './parts';
import { type LocalPaths, localPaths } from './paths';
import { createPortClaims } from './portClaims';
import { stopProcess } from './process';
import { Program } from './program';
import { readState } from './state';
import type { SupervisorConfig } from './supervisorConfig';
import { trimLogs, watch } from './watch';

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
    trimLogs(paths, this.config.maxLogBytes);
    log(`supervisor ${process.pid} starts`);
    const previous = readState(paths);
    for (const { what, pid, how } of await stopOrphans(paths, previous))
      log(`orphaned ${what} ${pid}: ${how}`);

    const board = new Board(
      paths,
      this.config,
      Date.now(),
      lock.isIntact,
      afterSupervisor(previous, Date.now()),
    );
    const disk = new DiskWatch(paths, board);
    const program = new Program(this.config.binary);
    const claims = createPortClaims();
    const stop = this.#stop.signal;
    const context = { config: this.config, paths, env: this.env, program, board, claims, stop };
    board.update({});
    disk.look();
    await Promise.all([
      ...this.#keepParts(context, disk),
      this.#stopWithoutLock(context, lock, disk),
      this.#stopWhenIdle(context),
      this.#shutDown(context),
    ]);
    if (this.#failure === undefined) board.remove();
    else board.fail(this.#failure, Date.now());
    log(`supervisor ${process.pid} ends`);
    return this.#failure === undefined ? 0 : 1;
  }

  #keepParts(context: Context, disk: DiskWatch): Promise<void>[] {
    const { board, paths, stop } = context;
    const diskIsFull = () => disk.look();
    const fail = (message: string) => this.fail(message);
    const keeper = { board, paths, stop, diskIsFull, fail };
    const server: Kept = {
      part: 'server',
      logFile: paths.serverLog,
      startable: () => Promise.resolve(),
      run: () => runServer(context).finally(() => board.update({ serverReady: false })),
    };
    const worker: Kept = {
      part: 'worker',
      logFile: paths.workerLog,
      startable: () => board.until(({ serverReady }) => serverReady, stop),
      run: () =>
        runWorker(context, board.state.address ?? '').finally(() =>
          board.update({ workerReady: false }, { workers: [] }),
        ),
    };
    return [server, worker].map((kept) => keepAlive(kept, keeper));
  }

  async #stopWithoutLock(context: Context, lock: Lock, disk: DiskWatch): Promise<void> {
    await watch(context, lock, disk);
    this.stop();
  }

  async #stopWhenIdle(context: Context): Promise<void> {
    const { idleStopMs } = this.config;
    if (idleStopMs === undefined) return;
    await untilIdle(context, idleStopMs);
    this.stop();
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
}
