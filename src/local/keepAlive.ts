/** Runs one part again and again, with a pause that grows while it ends at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Board } from './board';
import { explainDatabase } from './database';
import { type KeptAlive, recordEnd } from './endings';
import { withoutTraces } from './lastWords';
import { log } from './log';
import { tailLog } from './logs';
import type { LocalPaths } from './paths';
import { backoffMs, failuresAfter, isHopeless, Unmendable } from './restarts';

const LOG_LINES = 5;
/** So that the line before a trace is among them. */
const TRACE_LINES = 1_000;
/** Of each line that is told: a single one may be of any length. */
const LINE_CHARS = 300;

export interface Kept {
  part: KeptAlive;
  logFile: string;
  /** Resolves when it can be started. */
  startable: () => Promise<void>;
  /** From start to end; resolves with how it ended. */
  run: () => Promise<string>;
}

export interface Keeper {
  board: Board;
  paths: LocalPaths;
  stop: AbortSignal;
  /** Whether the disk is full; nothing is started then, and nothing that ends is to blame. */
  diskIsFull: () => boolean;
  fail: (message: string) => void;
}

export async function keepAlive(kept: Kept, { board, paths, stop, diskIsFull, fail }: Keeper): Promise<void> {
  const { part, logFile } = kept;
  let inARow = 0;
  while (!stop.aborted) {
    await board.until(({ diskFull }) => !diskFull, stop);
    await kept.startable();
    if (stop.aborted) return;
    const startedMs = Date.now();
    const how = await kept.run().catch((error: unknown) => {
      if (error instanceof Unmendable) fail(error.message);
      return `could not be started (${error instanceof Error ? error.message : String(error)})`;
    });
    if (stop.aborted) return;
    const atMs = Date.now();
    const tail = withoutTraces(tailLog(logFile, TRACE_LINES)).slice(-LOG_LINES);
    const logEnd = tail.map((line) => line.slice(0, LINE_CHARS)).join('\n');
    const advice = part === 'server' ? explainDatabase(paths, tail.join('\n')) : undefined;
    const message = `${advice === undefined ? '' : `${advice}\n`}The ${part} ${how}. Its log is ${logFile}; it ends with:\n${logEnd}`;
    log(message);
    if (diskIsFull()) continue;
    inARow = failuresAfter(inARow, atMs - startedMs);
    if (isHopeless(inARow, board.facts.everReady)) return fail(message);
    const waitMs = backoffMs(inARow);
    if (inARow > 1) log(`The ${part} ended ${inARow} times in a row; next try in ${waitMs} ms.`);
    const ended = recordEnd(board.state.endings?.[part], { atMs, how, logEnd, inARow, waitMs });
    board.update({}, { lastError: { atMs, message }, endings: { ...board.state.endings, [part]: ended } });
    await sleep(waitMs, undefined, { signal: stop }).catch(() => undefined);
    board.countRestart(part);
  }
}
