import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { spawn, status } from '../../src/agents';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

const TURNS = 50;
const RESULT_BYTES = 8_000;

let models: ModelServer;
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
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url, workspace });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

it('grows by the turn, not by the conversation', async () => {
  models.script('long', (turn) =>
    turn === TURNS
      ? { text: 'done' }
      : { text: `turn ${turn}`, tool: { name: 'read_file', input: { path: `file-${turn}.txt` } } },
  );
  const { agent_id } = await spawn(product.agents, {
    task: 'long',
    agent_type: 'explore',
    max_turns: TURNS + 1,
  });
  await until(async () => (await status(product.agents, agent_id)).status === 'completed', 150_000);

  const bytes = await bytesByTurn(agent_id);
  expect(bytes).toHaveLength(TURNS + 1);
  const early = mean(bytes.slice(5, 15));
  const late = mean(bytes.slice(40, 50));
  expect(early).toBeGreaterThan(RESULT_BYTES / 2);
  expect(late / early).toBeLessThanOrEqual(1.3);
}, 180_000);

/** Bytes of history from each model call to the next. */
async function bytesByTurn(agentId: string): Promise<number[]> {
  const { events } = await product.agents.temporal.client.workflow.getHandle(agentId).fetchHistory();
  const turns: number[] = [];
  for (const event of events ?? []) {
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel') turns.push(0);
    const last = turns.length - 1;
    if (last >= 0)
      turns[last] = (turns[last] ?? 0) + temporal.api.history.v1.HistoryEvent.encode(event).finish().length;
  }
  return turns;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
