/** What has become of the agents, read through the product's own door, and from their histories. */
import { setTimeout as delay } from 'node:timers/promises';
import { inFlight as lanes } from '../../bench/measure/throughput';
import { list, output, status } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { completedActivities } from '../../test/support/activities';
import type { Found, Seen } from '../verdict/judge';

const AT_ONCE = 8;
const MOST_CHARS = 40_000;
/** A worker or a server that was struck last may still be coming up. */
const TRIES = 20;
const PAUSE_MS = 1_000;

export async function readAll(agents: AgentsContext, ids: readonly string[]): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const left = [...ids];
  await lanes(ids.length, AT_ONCE, async () => {
    const id = left.pop();
    if (id !== undefined) found.set(id, await readOne(agents, id));
  });
  return found;
}

async function readOne(agents: AgentsContext, id: string): Promise<Found> {
  try {
    return { seen: await patiently(() => see(agents, id)) };
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

async function see(agents: AgentsContext, id: string): Promise<Seen> {
  const { status: state, reason, progress, usage } = await status(agents, id);
  const full = await output(agents, { agent_id: id, view: 'full', max_chars: MOST_CHARS });
  const result = await output(agents, { agent_id: id, view: 'result', max_chars: MOST_CHARS });
  return {
    status: reason === undefined ? state : `${state}/${reason}`,
    lines: full.text.split('\n'),
    result: result.text.split('\n'),
    turns: progress.turn,
    toolCalls: progress.tool_calls,
    usage: {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cacheRead: usage.cache_read_tokens,
      cacheWrite: usage.cache_write_tokens,
      costUsd: usage.cost_usd,
    },
    recorded: { callModel: 0, callTool: 0, ...(await completedActivities(agents, id)) },
  };
}

/** Every agent that there is, by the marker in its task: more than were spawned, if one was started twice. */
export async function idsByMarker(agents: AgentsContext): Promise<Map<string, string[]>> {
  const byMarker = new Map<string, string[]>();
  for (let cursor: string | undefined; ; ) {
    const page = await patiently(() =>
      list(agents, { scope: 'all', limit: 100, ...(cursor === undefined ? {} : { cursor }) }),
    );
    for (const { agent_id, task } of page.agents) {
      const marker = task.split(':', 1)[0] ?? '';
      byMarker.set(marker, [...(byMarker.get(marker) ?? []), agent_id]);
    }
    cursor = page.next_cursor;
    if (cursor === undefined) return byMarker;
  }
}

async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      if (tries === TRIES) throw error;
      await delay(PAUSE_MS);
    }
  }
}
