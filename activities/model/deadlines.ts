/** The two deadlines of a streamed call. The SDK's own `timeout` ends with the headers, so these are ours. */

export interface DeadlineLimits {
  /** Longest silence: nothing received, not even a keep-alive. */
  idleTimeoutMs: number;
  /** Longest call, however lively. */
  totalTimeoutMs: number;
}

export class DeadlineExceeded extends Error {
  constructor(
    readonly kind: 'idle' | 'total',
    readonly limitMs: number,
  ) {
    super(
      kind === 'idle'
        ? `The API sent nothing for ${limitMs} ms.`
        : `The API had not finished its reply after ${limitMs} ms.`,
    );
    this.name = 'DeadlineExceeded';
  }
}

export interface Deadlines {
  /** Aborted by the parent signal and by either deadline. */
  readonly signal: AbortSignal;
  /** Something was received: the silence starts anew. */
  heard(): void;
  /** The reply is complete; the connection gets a moment to close, and is then dropped. */
  closing(): void;
  /** The deadline that ended the call, if one did. */
  exceeded(): DeadlineExceeded | undefined;
  /** Clears the timers; to be called whatever happened. */
  stop(): void;
}

const CLOSING_TIMEOUT_MS = 1_000;
/** `setTimeout` fires at once above this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function startDeadlines(parent: AbortSignal, limits: DeadlineLimits): Deadlines {
  const controller = new AbortController();
  let missed: DeadlineExceeded | undefined;
  const miss = (kind: 'idle' | 'total', limitMs: number) => () => {
    missed ??= new DeadlineExceeded(kind, limitMs);
    controller.abort();
  };
  const idle = timer(miss('idle', limits.idleTimeoutMs), limits.idleTimeoutMs);
  const timers = [idle, timer(miss('total', limits.totalTimeoutMs), limits.totalTimeoutMs)];
  const follow = () => controller.abort();
  parent.addEventListener('abort', follow, { once: true });
  if (parent.aborted) follow();

  return {
    signal: controller.signal,
    heard: () => void idle.refresh(),
    closing: () => void timers.push(timer(follow, CLOSING_TIMEOUT_MS)),
    exceeded: () => missed,
    stop() {
      for (const each of timers) clearTimeout(each);
      parent.removeEventListener('abort', follow);
    },
  };
}

function timer(onFire: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(onFire, Math.min(delayMs, LONGEST_TIMER_MS));
}
