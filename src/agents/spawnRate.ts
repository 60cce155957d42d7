/** How many agents a session may start in a minute; more are refused, with the time after which one may be started again. */
import { attributes } from '../../workflows/attributes';
import type { AgentsContext } from './context';
import { UserError } from './errors';
import type { Spawned } from './session';
import { createdBetween, queryFor, rows } from './visibility';

const MINUTE_MS = 60_000;

/**
 * Refuses the spawn that is one too many. It has been entered into the session's list already, so that of calls at
 * the same time each counts those before it; spawns of other processes, as those of the command line, are looked up.
 */
export async function refuseTooMany(context: AgentsContext, own: Spawned): Promise<void> {
  const { config, session, nowMs } = context;
  const most = config.sessionLimits.maxSpawnsPerMinute;
  if (most === undefined) return;
  const ownBefore = session.spawned.slice(0, session.spawned.indexOf(own));
  const others = await spawnedElsewhere(context, own.atMs - MINUTE_MS);
  const times = [...ownBefore.map(({ atMs }) => atMs), ...others];
  const waitMs = waitForTurn(times, most, nowMs());
  if (waitMs !== undefined) throw tooMany(config, most, waitMs);
}

/** The same for several at once, of which either all may be started or none. */
export async function refuseTooManyAtOnce(context: AgentsContext, wanted: number): Promise<void> {
  const { config, session, nowMs } = context;
  const most = config.sessionLimits.maxSpawnsPerMinute;
  if (most === undefined || wanted === 0) return;
  if (wanted > most) {
    const advice = `Spawn at most ${most} at once, or raise sessionLimits.maxSpawnsPerMinute in ${config.userFile}.`;
    throw new UserError(
      'invalid',
      `${wanted} agents are more than this session may start in a minute (maxSpawnsPerMinute). ${advice}`,
    );
  }
  const others = await spawnedElsewhere(context, nowMs() - MINUTE_MS);
  const times = [...session.spawned.map(({ atMs }) => atMs), ...others];
  const waitMs = waitForTurn(times, most - wanted + 1, nowMs());
  if (waitMs !== undefined) throw tooMany(config, most, waitMs);
}

function tooMany(config: AgentsContext['config'], most: number, waitMs: number): UserError {
  return new UserError(
    'invalid',
    `This session may start ${most} ${most === 1 ? 'agent' : 'agents'} a minute (maxSpawnsPerMinute). Try again in ${Math.ceil(waitMs / 1_000)} s, or raise sessionLimits.maxSpawnsPerMinute in ${config.userFile} or with BGA_MAX_SPAWNS_PER_MINUTE.`,
  );
}

/** How long until one more may be started; undefined when it may now. */
export function waitForTurn(times: readonly number[], most: number, nowMs: number): number | undefined {
  const recent = times.filter((ms) => ms > nowMs - MINUTE_MS).sort((a, b) => a - b);
  const oldestInWay = recent[recent.length - most];
  return oldestInWay === undefined ? undefined : oldestInWay + MINUTE_MS - nowMs;
}

async function spawnedElsewhere(context: AgentsContext, sinceMs: number): Promise<number[]> {
  const ownIds = new Set(context.session.spawned.map(({ agentId }) => agentId));
  const query = createdBetween(await queryFor(context, { scope: 'session' }), sinceMs, context.nowMs());
  const found = await rows(context, query);
  return found
    .filter((row) => !ownIds.has(row.workflowId))
    .map((row) => (row.typedSearchAttributes.get(attributes.createdAt) ?? row.startTime).getTime());
}
