/**
 * What a process that runs on tells of itself, on stderr: lines for a person, or one JSON object a line (pino) for whoever collects
 * logs. No secret is in either.
 */
import { inspect } from 'node:util';
import { redact } from '../../activities/redact';

export const LOG_FORMATS = ['text', 'json'] as const;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export interface LogSettings {
  format: (typeof LOG_FORMATS)[number];
  /** The least that is written. */
  level: (typeof LOG_LEVELS)[number];
}

type Level = Exclude<LogSettings['level'], 'silent'>;

/** What a line is about; beside these, whatever else is known. */
export interface LogFields {
  agentId?: string;
  workflowId?: string;
  runId?: string;
  tier?: string;
  tool?: string;
  durationMs?: number;
  error?: unknown;
  [name: string]: unknown;
}

/** With the time of what it tells, where that is not now. */
export type Log = (level: Level, text: string, fields?: LogFields, atMs?: number) => void;

interface LogOptions extends LogSettings {
  /** Which program of ours it is: `worker`, `mcp`, … */
  program: string;
  secrets: () => readonly string[];
  /** Takes a line, without its end; default: stderr. */
  write?: (line: string) => void;
}

/** pino is loaded only where its format is asked for. */
export async function openLog(options: LogOptions): Promise<Log> {
  const { format, level: least, secrets, write = toStderr } = options;
  const print = format === 'json' ? await jsonPrinter(options, write) : textPrinter(options, write);
  return (level, text, fields = {}, atMs = Date.now()) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const known = secrets();
    print(level, redact(text, known), plain(fields, known), atMs);
  };
}

type Print = (level: Level, text: string, fields: Record<string, unknown>, atMs: number) => void;

async function jsonPrinter(
  { program, level: least }: LogOptions,
  write: (line: string) => void,
): Promise<Print> {
  const { pino } = await import('pino');
  const logger = pino(
    {
      level: least,
      base: { program, pid: process.pid },
      timestamp: false,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line) => write(line.trimEnd()) },
  );
  return (level, text, fields, atMs) =>
    logger[level]({ time: new Date(atMs).toISOString(), ...fields }, text);
}

function textPrinter({ program }: LogOptions, write: (line: string) => void): Print {
  return (level, text, fields, atMs) => {
    const isPlain = Object.keys(fields).length === 0;
    if (isPlain) return write(level === 'info' ? text : `bga ${program}: ${text}`);
    const about = inspect(fields, { breakLength: Number.POSITIVE_INFINITY, depth: 5 });
    return write(`${new Date(atMs).toISOString()} [${level.toUpperCase()}] ${text} ${about}`);
  };
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

const MAX_DEPTH = 6;
/** Whatever its value is shaped like. */
const SECRET_NAME = /authorization|api[-_]?key|password|secret|cookie|^token$/i;

/** Plain data without secrets. Errors are told by name, message and stack, not by what else hangs on them. */
function plain(fields: LogFields, secrets: readonly string[]): Record<string, unknown> {
  const clean = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return redact(value, secrets);
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth === 0) return '…';
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    if (Array.isArray(value)) return value.map((each: unknown) => clean(each, depth - 1));
    const told = value instanceof Error || 'stack' in value ? errorFields(value) : value;
    return Object.fromEntries(
      Object.entries(told).map(([name, each]) => [
        name,
        SECRET_NAME.test(name) && typeof each === 'string' ? '[redacted]' : clean(each, depth - 1),
      ]),
    );
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value, MAX_DEPTH)]));
}

function errorFields(error: object): Record<string, unknown> {
  const field = (name: string): unknown => Reflect.get(error, name);
  const cause = field('cause');
  return {
    name: field('name'),
    message: field('message'),
    // Temporal's failures have one: `retryable`, `needs_person`, …
    ...(typeof field('type') === 'string' ? { type: field('type') } : {}),
    stack: field('stack'),
    ...(cause === undefined ? {} : { cause }),
  };
}
