/** What a very long agent records: the same for every turn, and never much in one run. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { output, spawn, status } from '../../src/agents';
import { runIdsOf } from '../support/activities';
import { type Product, startProduct, until } from '../support/product';
import {
  messageEnd,
  messageStart,
  type RawModelServer,
  type RawReply,
  startRawModelServer,
  textEvents,
  toolEvents,
} from '../support/rawModelServer';

const TURNS = 500;
const RESULT_BYTES = 8_000;
const MOST_BYTES = 3_000_000;

let models: RawModelServer;
let product: Product;

beforeAll(async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'bga-history-'));
  // Of what repeats itself, compression would leave nothing to measure.
  const line = () => `${randomBytes(60).toString('base64').slice(0, 79)}\n`;
  for (let turn = 0; turn < TURNS; turn += 1) {
    writeFileSync(
      join(workspace, `file-${turn}.txt`),
      Array.from({ length: RESULT_BYTES / 80 }, line).join(''),
    );
  }
  models = await startRawModelServer(({ body }) => {
    // Together they would take some hundred megabytes.
    models.requests.length = 0;
    return replyTo(body);
  });
  product = await startProduct({ modelUrl: models.url, workspace });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

/** Reads one file after the other; its conversation is compacted, so the last file in it tells the turn. */
function replyTo(body: string): RawReply {
  const usage = { input_tokens: Math.round(body.length / 3.5), output_tokens: 1 };
  const start = messageStart(usage);
  if (body.includes('<transcript>'))
    return { events: [start, ...textEvents(0, 'Only xs so far.'), ...messageEnd('end_turn')] };
  const turn = Number(/file-(\d+)/.exec(body.slice(body.lastIndexOf('file-')))?.[1] ?? -1) + 1;
  if (turn === TURNS) return { events: [start, ...textEvents(0, 'done'), ...messageEnd('end_turn')] };
  const call = JSON.stringify({ path: `file-${turn}.txt` });
  return {
    events: [
      start,
      ...textEvents(0, `turn ${turn}`),
      ...toolEvents(1, `toolu_${turn}`, 'read_file', call),
      ...messageEnd('tool_use'),
    ],
  };
}

it('grows by the turn and not by the conversation, and stays small in each run of 500 turns', async () => {
  const { agent_id } = await spawn(product.agents, {
    task: 'long',
    agent_type: 'explore',
    max_turns: 600,
    timeout_ms: 3_600_000,
  });
  const now = await until(async () => {
    const seen = await status(product.agents, agent_id);
    return seen.finished_at ? seen : undefined;
  }, 480_000);
  expect(now).toMatchObject({ status: 'completed', progress: { turn: TURNS + 1, tool_calls: TURNS } });

  const runs = await Promise.all(
    (await runIdsOf(product.agents, agent_id)).reverse().map((runId) => recordedBy(agent_id, runId)),
  );
  expect(runs.length).toBeGreaterThan(4);
  for (const { bytes, events } of runs) {
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(events).toBeLessThan(1_100);
  }
  const turns = runs.flatMap((run) => run.turns);
  const early = mean(turns.slice(5, 25));
  const late = mean(turns.slice(470, 490));
  expect(early).toBeGreaterThan(RESULT_BYTES / 2);
  expect(late / early).toBeLessThanOrEqual(1.3);

  const lines = await linesOf(agent_id);
  expect(lines.filter((each) => !each.startsWith('[note]'))).toEqual([
    ...Array.from({ length: TURNS }, (_, turn) => [
      `turn ${turn}`,
      `[tool] read_file file-${turn}.txt → 101 lines`,
    ]).flat(),
    'done',
  ]);
  expect(lines.filter((each) => each.startsWith('[note] conversation compacted')).length).toBeGreaterThan(3);
}, 600_000);

/** What a run recorded in all, and from each model call to the next. */
async function recordedBy(agentId: string, runId: string) {
  const { events = [] } = await product.agents.temporal.client.workflow
    .getHandle(agentId, runId)
    .fetchHistory();
  const turns: number[] = [];
  let bytes = 0;
  for (const event of events ?? []) {
    const size = temporal.api.history.v1.HistoryEvent.encode(event).finish().length;
    bytes += size;
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel') turns.push(0);
    // What the run ends with is the whole of the next one's beginning.
    if (turns.length > 0 && !event.workflowExecutionContinuedAsNewEventAttributes)
      turns[turns.length - 1] = (turns.at(-1) ?? 0) + size;
  }
  return { bytes, events: events?.length ?? 0, turns };
}

async function linesOf(agentId: string): Promise<string[]> {
  const lines: string[] = [];
  for (let cursor = 0, more = true; more; ) {
    const page = await output(product.agents, { agent_id: agentId, view: 'full', cursor, max_chars: 40_000 });
    lines.push(...page.text.split('\n'));
    cursor = page.next_cursor;
    more = page.truncated;
  }
  return lines;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
