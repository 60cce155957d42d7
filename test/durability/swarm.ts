/** Twenty agents at once, each with a script of its own, and what must be true of them after whatever was killed. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output, spawn, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { completedActivities, inFlight } from '../support/activities';
import type { ModelServer } from '../support/modelServer';
import { until } from '../support/product';

export const AGENTS = 20;
/** Of them, so many must have an activity in flight when something is killed; otherwise the kill proves nothing. */
export const LEAST_IN_FLIGHT = 18;

export interface Swarm {
  ids: string[];
  marker(index: number): string;
}

/** A few files, and a folder in which every search hangs until {@link freeFolder}: its ignore file is a FIFO. */
export function hangingWorkspace(): string {
  const workspace = mkdtempSync(join(tmpdir(), 'bga-hanging-'));
  writeFileSync(join(workspace, 'a.txt'), 'alpha\n');
  mkdirSync(join(workspace, 'bulk'));
  for (let i = 0; i < 10; i += 1) writeFileSync(join(workspace, 'bulk', `file-${i}.txt`), 'text\n');
  mkdirSync(join(workspace, 'hang'));
  writeFileSync(join(workspace, 'hang', 'found.txt'), 'a zebra\n');
  execFileSync('mkfifo', [join(workspace, 'hang', '.gitignore')]);
  return workspace;
}

/** The FIFO becomes a file. Searches of a worker that was killed still wait for a writer: they get one, and end. */
export function freeFolder(workspace: string): void {
  const fifo = join(workspace, 'hang', '.gitignore');
  closeSync(openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK));
  rmSync(fifo);
  writeFileSync(fifo, '');
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
