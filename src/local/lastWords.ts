/** What the end of a log tells of why a program ended: the trace of a crash says where, not why, and fills the last lines. Pure. */

/** A line that a logger wrote, and so the end of a trace that came before it. */
const LOGGED = /^(time=|\{"|\d{4}-\d\d-\d\d)/;
/** Go's traces begin so, after the panic itself. */
const GO_TRACE = /^(goroutine \d+ |runtime stack:|\[signal )/;
/** Node's are of single lines. */
const NODE_TRACE = /^( {4}at |Node\.js v\d)/;

const LOGGED_ERROR = /\blevel=(ERROR|FATAL)\b|"level":"?(error|fatal)\b|\[(ERROR|FATAL)\]/i;
const CRASH = /^(panic|fatal error|\w*Error( \[\w+\])?): /;
/** An error that was logged longer before a crash is hardly its cause. */
const NEAR_LINES = 10;

/** The lines without traces and blanks. */
export function withoutTraces(log: string): string[] {
  let isInTrace = false;
  return log.split('\n').filter((line) => {
    isInTrace = GO_TRACE.test(line) || (isInTrace && !LOGGED.test(line));
    return !isInTrace && !NODE_TRACE.test(line) && line.trim() !== '';
  });
}

/** The one that names the cause: an error that was logged (Temporal's server stumbles over nothing a moment later), else the crash. */
export function faultLine(lines: readonly string[]): string | undefined {
  const near = lines.slice(-NEAR_LINES);
  return near.findLast((line) => LOGGED_ERROR.test(line)) ?? near.findLast((line) => CRASH.test(line));
}

/** The same of a program that ended by itself, whose last word is worth something in any case. */
export function tellingLine(lines: readonly string[]): string | undefined {
  return faultLine(lines) ?? lines.at(-1);
}
