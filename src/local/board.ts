/** The supervisor's account of itself: the one place where the state changes, and each change is written at once. */
import { EventEmitter, once } from 'node:events';
import { isNoSpace } from './disk';
import { log } from './log';
import type { LocalPaths } from './paths';
import { thisProcess } from './process';
import { readState, removeState, type ServiceState, writeState } from './state';
import type { SupervisorConfig } from './supervisorConfig';

export interface Facts {
  serverReady: boolean;
  workerReady: boolean;
  everReady: boolean;
  stopping: boolean;
  diskFull: boolean;
}

export function phaseOf(facts: Facts): ServiceState['state'] {
  const { serverReady, workerReady, everReady, stopping, diskFull } = facts;
  if (stopping) return 'stopping';
  // Also while both still run: they can neither take a task nor answer.
  if (diskFull) return 'disk_full';
  if (serverReady && workerReady) return 'ready';
  return everReady ? 'restarting' : 'starting';
}

export class Board {
  #facts: Facts = {
    serverReady: false,
    workerReady: false,
    everReady: false,
    stopping: false,
    diskFull: false,
  };
  #state: ServiceState;
  readonly #changes = new EventEmitter();
  #lacksSpace = false;

  constructor(
    private readonly paths: LocalPaths,
    config: SupervisorConfig,
    nowMs: number,
    /** Whether the file is still this supervisor's; after its folder was removed another may have begun there. */
    private readonly isOwner: () => boolean,
    /** What an earlier supervisor said last, unless it ended in order. */
    previous: ServiceState | undefined,
  ) {
    this.#state = {
      state: 'starting',
      supervisor: thisProcess(),
      workers: [],
      startedAtMs: nowMs,
      namespace: config.namespace,
      database: paths.database,
      logs: paths.logsDir,
      version: config.version,
      installation: config.installation,
      serverVersion: config.binary.version,
      binary: config.binary.path,
      notes: [],
      restarts: { server: 0, worker: 0 },
      endings: previous?.endings,
      disk: previous?.disk,
      replaced: config.replaced ?? previous?.replaced,
    };
  }

  get facts(): Readonly<Facts> {
    return this.#facts;
  }

  get state(): Readonly<ServiceState> {
    return this.#state;
  }

  update(facts: Partial<Facts>, patch: Partial<ServiceState> = {}): void {
    const merged = { ...this.#facts, ...facts };
    this.#facts = { ...merged, everReady: merged.everReady || (merged.serverReady && merged.workerReady) };
    this.#write({ ...this.#state, ...patch, state: phaseOf(this.#facts) });
    this.#changes.emit('change');
  }

  /** Resolves when the condition holds, or with the signal. */
  async until(condition: (facts: Readonly<Facts>) => boolean, signal: AbortSignal): Promise<void> {
    while (!condition(this.#facts) && !signal.aborted) {
      await once(this.#changes, 'change', { signal }).catch(() => undefined);
    }
  }

  /** Whether the disk refused the state since this was asked last. */
  takeWriteFailure(): boolean {
    const lacked = this.#lacksSpace;
    this.#lacksSpace = false;
    return lacked;
  }

  countRestart(part: keyof ServiceState['restarts']): void {
    const { restarts } = this.#state;
    this.update({}, { restarts: { ...restarts, [part]: restarts[part] + 1 } });
  }

  fail(message: string, nowMs: number): void {
    this.#write({ ...this.#state, state: 'failed', workers: [], lastError: { atMs: nowMs, message } });
  }

  /** Somebody damaged or removed the file: callers would wait for a service that says nothing. */
  mend(): void {
    if (readState(this.paths)?.supervisor.pid !== this.#state.supervisor.pid) this.#write(this.#state);
  }

  remove(): void {
    if (this.isOwner()) removeState(this.paths);
  }

  /** A full disk must not end the supervisor: what it keeps alive matters more than what it says of it. */
  #write(state: ServiceState): void {
    this.#state = state;
    if (!this.isOwner()) return;
    try {
      writeState(this.paths, state);
    } catch (error) {
      this.#lacksSpace ||= isNoSpace(error);
      log(`cannot write ${this.paths.stateFile}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
