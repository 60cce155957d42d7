import { Worker } from 'node:worker_threads';
import { WORKER_SOURCE, type WorkerMessage } from './worker';

export interface FilterOptions {
  /** From the moment the thread has the lines to its answer; the start of the thread is not counted. */
  timeoutMs?: number;
}

/** `matched` are indexes into the lines, ascending. `error` says to its reader what is wrong and what to do. */
export type FilterResult = { ok: true; matched: number[] } | { ok: false; error: string };

const DEFAULT_TIMEOUT_MS = 250;
/** A thread that has not even started by then never will; a loaded machine needs a second. */
const START_TIMEOUT_MS = 10_000;
/** Handing the lines over costs this thread time, about 2 ms for a million characters. */
const MAX_CHARS = 16_000_000;
/** Regular expressions can be small and need much: the thread dies of it, and not the process. */
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32 };
const SYNTAX = 'Filters are RE2 regular expressions: no lookaround and no backreferences.';

/**
 * The lines in which the RE2 pattern occurs. Each call has a thread of its own, which is ended with it: a hostile
 * pattern holds up nobody else, and 50 ms are little beside a warm thread that must be guarded and replaced.
 */
export async function filterLines(
  lines: readonly string[],
  pattern: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: FilterOptions = {},
): Promise<FilterResult> {
  const chars = lines.reduce((sum, line) => sum + line.length, 0);
  if (chars > MAX_CHARS) return refused(tooMuch(chars));
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: { enginePath: require.resolve('re2js') },
    env: {},
    resourceLimits: MEMORY_LIMITS,
  });
  try {
    return await answerOf(worker, lines, pattern, timeoutMs);
  } finally {
    // Not awaited: a thread deep in a match takes a moment to die, and its caller need not wait for that.
    void worker.terminate();
  }
}

function answerOf(
  worker: Worker,
  lines: readonly string[],
  pattern: string,
  timeoutMs: number,
): Promise<FilterResult> {
  return new Promise((resolve) => {
    let timer = setTimeout(
      () => settle(refused('The filter could not be started. Try again.')),
      START_TIMEOUT_MS,
    );
    const settle = (result: FilterResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    const start = () => {
      clearTimeout(timer);
      worker.postMessage({ lines, pattern });
      timer = setTimeout(() => settle(refused(tooSlow(pattern, lines.length, timeoutMs))), timeoutMs);
    };
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') start();
      else if (message.kind === 'invalid') settle(refused(invalid(pattern, message.problem)));
      else settle({ ok: true, matched: message.matched });
    });
    worker.on('error', (error) => settle(refused(failed(pattern, error))));
    worker.on('exit', () => settle(refused(failed(pattern, new Error('its thread ended')))));
  });
}

function refused(error: string): FilterResult {
  return { ok: false, error };
}

function invalid(pattern: string, problem: string): string {
  const plain = problem.replace(/^error parsing regexp: /, '');
  return `Invalid filter ${quote(pattern)}: ${plain}. ${SYNTAX} To find it literally, escape special characters with \\.`;
}

function tooSlow(pattern: string, lineCount: number, timeoutMs: number): string {
  return `The filter ${quote(pattern)} took longer than ${timeoutMs} ms on ${lineCount} lines and was stopped. Use a simpler pattern, or fewer lines (tail, cursor).`;
}

function tooMuch(chars: number): string {
  return `${chars} characters are too many to filter (at most ${MAX_CHARS}). Filter fewer lines (tail, cursor).`;
}

function failed(pattern: string, error: Error): string {
  return `The filter ${quote(pattern)} failed: ${error.message}. Use a simpler pattern, or fewer lines (tail, cursor).`;
}

function quote(pattern: string): string {
  return JSON.stringify(pattern.length > 200 ? `${pattern.slice(0, 200)}…` : pattern);
}
