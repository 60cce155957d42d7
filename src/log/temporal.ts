/** What Temporal's SDK tells, its native part included, in the log of the process. */
import type { ActivityInterceptorsFactory, LogExporterConfig, Logger } from '@temporalio/worker';
import { LogTimestamp } from '@temporalio/worker';
import { AGENT_WORKFLOW } from '../../workflows/messages';
import type { Log, LogFields } from './log';

type LevelOfSdk = Parameters<Logger['log']>[0];
type Meta = Parameters<Logger['log']>[2];

interface Logging {
  logger: Logger;
  logging: LogExporterConfig;
}

/** For `Runtime.install`: without it the native part writes to stdout, past every format. */
export function temporalLogging(log: Log): Logging {
  return {
    logger: loggerOver(log),
    logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
  };
}

function loggerOver(log: Log): Logger {
  const tell = (level: LevelOfSdk, text: string, meta: Meta = {}) =>
    log(AS_MEANT.test(text) ? 'debug' : LEVELS[level], text, fieldsOf(meta), atMs(meta));
  return {
    log: tell,
    trace: (text, meta) => tell('TRACE', text, meta),
    debug: (text, meta) => tell('DEBUG', text, meta),
    info: (text, meta) => tell('INFO', text, meta),
    warn: (text, meta) => tell('WARN', text, meta),
    error: (text, meta) => tell('ERROR', text, meta),
  };
}

/** Most queues of a worker have no workflows, and none has Nexus: a warning at each start is one that nobody reads. */
const AS_MEANT = /^No (workflows|Nexus services) registered, not polling/;

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** By the names that our own lines have. */
function fieldsOf(meta: NonNullable<Meta>): LogFields {
  const { workflowRunId, taskToken: _, ...rest } = meta;
  return {
    ...(meta.workflowType === AGENT_WORKFLOW ? { agentId: meta.workflowId } : {}),
    ...(workflowRunId === undefined ? {} : { runId: workflowRunId }),
    ...Object.fromEntries(Object.entries(rest)),
  };
}

/** Lines of the native part come a tenth of a second late, with their own time. */
function atMs(meta: NonNullable<Meta>): number | undefined {
  const nanos: unknown = meta[LogTimestamp];
  return typeof nanos === 'bigint' ? Number(nanos / 1_000_000n) : undefined;
}

/** Lines about a call say of which tier, or of which tool. */
export const callFields: ActivityInterceptorsFactory = () => {
  let fields: LogFields = {};
  return {
    inbound: {
      execute(input, next) {
        fields = aboutCall(input.args[0]);
        return next(input);
      },
    },
    outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...fields }) },
  };
};

/** A `ModelCall` has a tier, a `ToolCall` a workspace to call by name in. */
function aboutCall(call: unknown): LogFields {
  if (typeof call !== 'object' || call === null) return {};
  if ('tier' in call && typeof call.tier === 'string') return { tier: call.tier };
  return 'workspace' in call && 'name' in call && typeof call.name === 'string' ? { tool: call.name } : {};
}
