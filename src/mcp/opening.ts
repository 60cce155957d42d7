/** One attempt to open the door, and how long a call waits for it: for an ordinary start, but not for what takes minutes. */
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../agents/errors';
import { type Progress, type ProgressUpdate, SLOW_STEPS } from '../local/options';
import type { Connected } from './connection';

/** Below the 60 s after which clients give a call up. */
const PATIENCE_MS = 40_000;

type OpeningResult = { opened: Connected } | { error: unknown };

export interface Opening {
  /** @throws UserError when it lasts; it goes on then, and the next call asks again. */
  result(): Promise<OpeningResult>;
}

export function createOpening(open: (onProgress: Progress) => Promise<Connected>): Opening {
  let step: ProgressUpdate | undefined;
  const waiting: (() => void)[] = [];
  const opened: Promise<OpeningResult> = open((update) => {
    step = update;
    if (isSlow(update)) for (const giveUp of waiting.splice(0)) giveUp();
  }).then(
    (result) => ({ opened: result }),
    (error: unknown) => ({ error }),
  );
  return {
    async result() {
      const late = new AbortController();
      const patience = delay(PATIENCE_MS, undefined, { ref: false, signal: late.signal }).catch(
        () => undefined,
      );
      try {
        // While it is being obtained there is nothing to wait for; what follows is an ordinary start again.
        const slow = new Promise<void>((resolve) => waiting.push(resolve));
        const tooLong = isSlow(step) ? undefined : Promise.race([slow, patience]);
        const result = await Promise.race([opened, tooLong]);
        if (result) return result;
        throw new UserError('not_ready', notReadyText(step));
      } finally {
        late.abort();
      }
    },
  };
}

function isSlow(step: ProgressUpdate | undefined): boolean {
  return step !== undefined && SLOW_STEPS.includes(step.kind);
}

function notReadyText(step: ProgressUpdate | undefined): string {
  const { text = 'starting', elapsedSeconds = 0 } = step ?? {};
  const since = elapsedSeconds > 0 ? `, ${elapsedSeconds} s so far` : '';
  const now = `Setting up the local service (${text}${since}).`;
  if (!isSlow(step)) return `${now} Nothing was started for this call; call again in a moment.`;
  return `${now} This takes about three minutes, once. Nothing was started for this call; go on with something else, and call again in half a minute.`;
}
