/** How the parts of the service ended: what a waiting command and `bga doctor` tell of it. Pure. */
import { z } from 'zod';
import { faultLine, tellingLine } from './lastWords';

const KEPT_ALIVE = ['server', 'worker'] as const;
export type KeptAlive = (typeof KEPT_ALIVE)[number];
const PARTS = ['supervisor', ...KEPT_ALIVE] as const;

const ending = z.object({
  count: z.number(),
  firstAtMs: z.number(),
  atMs: z.number(),
  /** As in "the worker was ended by SIGKILL". */
  how: z.string(),
  logEnd: z.string(),
  /** Without enough life between them to make up for (`restarts.ts`): more than one is a crash loop. */
  inARow: z.number(),
  rowSinceMs: z.number(),
  nextTryAtMs: z.number(),
});
export type Ending = z.infer<typeof ending>;

export const endings = z.partialRecord(z.enum(PARTS), ending);
export type Endings = z.infer<typeof endings>;

export interface End {
  atMs: number;
  how: string;
  logEnd: string;
  inARow: number;
  waitMs: number;
}

export function recordEnd(before: Ending | undefined, { waitMs, ...end }: End): Ending {
  const isFirst = end.inARow === 1 || before === undefined;
  return {
    ...end,
    count: (before?.count ?? 0) + 1,
    firstAtMs: before?.firstAtMs ?? end.atMs,
    rowSinceMs: isFirst ? end.atMs : before.rowSinceMs,
    nextTryAtMs: end.atMs + waitMs,
  };
}

/** A supervisor that ends in order leaves no state, or says why it failed: one that says anything else was killed. */
export function afterSupervisor<S extends { state: string; endings?: Endings | undefined }>(
  left: S | undefined,
  nowMs: number,
): (S & { endings?: Endings | undefined }) | undefined {
  if (left === undefined || left.state === 'failed') return left;
  const end = {
    atMs: nowMs,
    how: 'ended without a word (killed, or with the machine)',
    logEnd: '',
    inARow: 1,
    waitMs: 0,
  };
  const supervisor = recordEnd(left.endings?.supervisor, end);
  return { ...left, endings: { ...left.endings, supervisor } };
}

/** Of the part that ended last, while the service is not whole; one line. */
export function troubleText(all: Endings | undefined, nowMs: number): string | undefined {
  const found = KEPT_ALIVE.flatMap((part) => {
    const last = all?.[part];
    return last === undefined ? [] : [{ part, last }];
  });
  const [latest] = found.sort((a, b) => b.last.atMs - a.last.atMs);
  if (latest === undefined) return undefined;
  const { part, last } = latest;
  return `the ${part} ${rowText(last)}${nextText(last, nowMs)}${logText(last)}`;
}

/** Who was killed from outside knew nothing of it: what happened to be logged last is no cause. */
const KILLED = /^was ended by SIG(KILL|TERM|INT|HUP)$/;

function logText({ how, logEnd }: Ending): string {
  const lines = logEnd.split('\n').filter((each) => each !== '');
  const wasKilled = KILLED.test(how);
  const line = wasKilled ? faultLine(lines) : tellingLine(lines);
  if (line !== undefined) return `; its log says "${line}"`;
  return wasKilled ? '' : '; its log is empty';
}

function rowText({ how, inARow, atMs, rowSinceMs }: Ending): string {
  return inARow === 1 ? how : `ended ${inARow} times in ${spanText(atMs - rowSinceMs)}, last it ${how}`;
}

/** Not a countdown: a line that changes each second would be printed each second. */
function nextText({ nextTryAtMs, atMs }: Ending, nowMs: number): string {
  const waitMs = nextTryAtMs - atMs;
  return nextTryAtMs <= nowMs || waitMs < 1_000 ? '' : `, next try within ${spanText(waitMs)}`;
}

/** What has happened and is over, for those who come later. */
export function historyText(all: Endings | undefined): string[] {
  return PARTS.flatMap((part) => {
    const last = all?.[part];
    if (last === undefined) return [];
    const times = last.count === 1 ? 'once' : `${last.count} times`;
    return `the ${part} was restarted ${times} since ${timeText(last.firstAtMs)}, last: it ${last.how} at ${timeText(last.atMs)}`;
  });
}

export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

function spanText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
