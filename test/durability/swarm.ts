/** Twenty agents at once, each with a script of its own, and what must be true of them after whatever was killed. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output, spawn, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import type { ModelServer } from '../support/modelServer';
import { until } from '../support/product';

export const AGENTS = 20;
/** Of them, so many must have an activity in flight when something is killed; otherwise the kill proves nothing. */
export const LEAST_IN_FLIGHT = 18;

export interface Swarm {
  ids: string[];
  marker(index: number): string;
}

/** Files that take a search a while, so that a kill can hit it. */
export function bulkyWorkspace(): string {
  const workspace = mkdtempSync(join(tmpdir(), 'bga-bulky-'));
  const text = 'the quick brown fox jumps over the lazy dog and runs away \n'.repeat(4_000);
  mkdirSync(join(workspace, 'bulk'));
  for (let i = 0; i < 200; i += 1) writeFileSync(join(workspace, 'bulk', `file-${i}.txt`), text);
  writeFileSync(join(workspace, 'a.txt'), 'alpha\n');
  return workspace;
}

export async function startSwarm(agents: AgentsContext, name: string): Promise<Swarm> {
  const marker = (index: number) => `${name}-${String(index).padStart(2, '0')}`;
  const indexes = Array.from({ length: AGENTS }, (_, index) => index);
  const spawned = await Promise.all(
    indexes.map((index) =>
      spawn(agents, { task: marker(index), agent_type: 'explore', timeout_ms: 300_000 }),
    ),
  );
  return { ids: spawned.map(({ agent_id }) => agent_id), marker };
}

/** `PENDING_ACTIVITY_STATE_STARTED`. */
const STARTED = 2;

/** How many agents have a started activity of this type, by what the server itself says. */
export async function inFlight(
  agents: AgentsContext,
  ids: readonly string[],
  activity: string,
): Promise<number> {
  const described = await Promise.all(
    ids.map((id) => agents.temporal.client.workflow.getHandle(id).describe()),
  );
  return described.filter(({ raw }) =>
    (raw.pendingActivities ?? []).some(
      (pending) => pending.activityType?.name === activity && pending.state === STARTED,
    ),
  ).length;
}

export async function untilInFlight(
  agents: AgentsContext,
  ids: readonly string[],
  activity: string,
): Promise<number> {
  return until(async () => {
    const count = await inFlight(agents, ids, activity);
    return count >= LEAST_IN_FLIGHT ? count : undefined;
  }, 60_000);
}

export async function waitForAll(agents: AgentsContext, ids: readonly string[]): Promise<void> {
  await until(async () => !(await wait(agents, { agent_ids: ids, timeout_ms: 30_000 })).timed_out, 240_000);
}

/** Every agent finished, with every turn and every tool call recorded exactly once, and with the output it should have. */
export async function expectWhole(
  agents: AgentsContext,
  models: ModelServer,
  { ids, marker }: Swarm,
  expected: { turns: number; toolCalls: number; lines: (marker: string) => string[] },
): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const now = await status(agents, id);
    expect(now).toMatchObject({
      status: 'completed',
      progress: { turn: expected.turns, tool_calls: expected.toolCalls },
      // 100 tokens in a reply, counted once for each recorded turn, however often it was asked for.
      usage: { input_tokens: 100 * expected.turns },
    });
    const full = await output(agents, { agent_id: id, view: 'full' });
    expect(full.text.split('\n')).toEqual(expected.lines(marker(index)));
    expect(await completedActivities(agents, id)).toEqual({
      callModel: expected.turns,
      callTool: expected.toolCalls,
    });
    const played = models.requests(marker(index)).filter(({ played: how }) => how === 'reply');
    expect(new Set(played.map(({ turn }) => turn)).size).toBe(expected.turns);
  }
}

async function completedActivities(agents: AgentsContext, id: string): Promise<Record<string, number>> {
  const { events } = await agents.temporal.client.workflow.getHandle(id).fetchHistory();
  const types = new Map<string, string>();
  const counts: Record<string, number> = {};
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) types.set(String(event.eventId), scheduled.activityType?.name ?? '');
    const completed = event.activityTaskCompletedEventAttributes;
    const type = completed && types.get(String(completed.scheduledEventId));
    if (type) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
