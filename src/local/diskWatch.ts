/** Notices that the disk is full, and that there is space again, and keeps both on the board. */
import fs from 'node:fs';
import type { Board } from './board';
import { diskFullText, freeBytesAt, isFull, refusesWrites, tellsOfFullDisk } from './disk';
import { log } from './log';
import { tailLog } from './logs';
import type { LocalPaths } from './paths';

const LOOKED_AT_LINES = 20;

export class DiskWatch {
  #seen = new Map<string, number>();

  constructor(
    private readonly paths: LocalPaths,
    private readonly board: Board,
  ) {}

  /** Whether it is full now. */
  look(): boolean {
    const { stateDir } = this.paths;
    const wasFull = this.board.facts.diskFull;
    // Both are asked each time: what is new in a log counts once.
    const isSuspect = this.#logsComplain() || this.board.takeWriteFailure() || wasFull;
    const full = isFull(freeBytesAt(stateDir), wasFull) || (isSuspect && refusesWrites(stateDir));
    if (full !== wasFull) this.#turn(full);
    return full;
  }

  #turn(full: boolean): void {
    const nowMs = Date.now();
    const { disk } = this.board.state;
    log(full ? diskFullText(this.paths.stateDir) : 'There is space on the disk again.');
    this.board.update(
      { diskFull: full },
      {
        disk: full ? { fullSinceMs: nowMs } : { fullSinceMs: disk?.fullSinceMs ?? nowMs, fullUntilMs: nowMs },
      },
    );
  }

  #logsComplain(): boolean {
    return [this.paths.serverLog, this.paths.workerLog]
      .filter((file) => this.#hasGrown(file))
      .some((file) => tellsOfFullDisk(tailLog(file, LOOKED_AT_LINES)));
  }

  #hasGrown(file: string): boolean {
    const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const before = this.#seen.get(file) ?? 0;
    this.#seen.set(file, size);
    return size !== before;
  }
}
